/// What a walk through a layout has found out: everything but whether large blobs have the content
/// that their names promise, which is a lot of reading and can be shared among threads.
package struct LayoutExamination: Sendable {
  /// A blob that something refers to, whose content is still to be read.
  package struct PendingBlob: Sendable {
    /// Its digest.
    package let digest: Digest
    /// The size of its file in bytes.
    package let size: Int64
    /// What its first descriptor says it is.
    package let mediaType: MediaType
    /// A tag that reaches it, if one does.
    package let tag: String?
    /// The diff IDs that configs give it; one, unless somebody is wrong.
    package internal(set) var diffIDs: [DiffID] = []
  }

  /// What was found.
  package internal(set) var findings: FindingList
  /// The blobs that are still to be read, in the order in which they were found.
  package internal(set) var pending: [PendingBlob] = []
  /// For each image its layers, lowest first, as places in ``pending``; as many images as have
  /// ``imageLayerLimit`` layers together, and only those of which every layer is there.
  package internal(set) var images: [[Int]] = []
  static let imageLayerLimit = 1 << 20
  var imageLayerCount = 0
  /// How many entries of `index.json` were followed.
  package internal(set) var entryCount = 0
  /// How many documents were read and checked.
  package internal(set) var documentCount = 0
  /// How many blobs no entry reaches, and their size in bytes.
  package internal(set) var unreferenced: (count: Int64, bytes: ByteCount) = (0, 0)
  /// The descriptors of blobs that are missing, or are not what they should be, as far as known.
  package internal(set) var damaged: [Digest: Descriptor] = [:]

  /// What leads to the blobs.
  package internal(set) var paths = TagPaths()
  /// Whether a document could not be read, so that what it refers to is unknown.
  package internal(set) var isIncomplete = false

  /// A finding about a blob with all tags that need it.
  package func withAllTags(_ finding: LayoutFinding) -> LayoutFinding {
    guard finding.tag != nil, finding.isProblem, let digest = try? Digest(parsing: finding.subject)
    else { return finding }
    var finding = finding
    let tags = paths.tags(to: digest)
    if !tags.isEmpty { finding.tags = tags.map { LayoutFinding.cut($0) } }
    return finding
  }

  /// Adds what reading a pending blob has found.
  package mutating func add(
    _ found: [LayoutFinding], isDamaged: Bool, of blob: PendingBlob
  ) {
    for finding in found { findings.add(finding) }
    guard isDamaged else { return }
    damaged[blob.digest] = Descriptor(
      mediaType: blob.mediaType, digest: blob.digest, size: blob.size)
  }

  /// Adds a finding.
  package mutating func add(_ finding: LayoutFinding) { findings.add(finding) }
}
