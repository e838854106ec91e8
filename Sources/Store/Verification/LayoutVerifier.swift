/// Checks that a layout is whole: that everything reachable from `index.json` is there and right.
///
/// Nothing is changed, no lock is taken, and the journal is not looked at. The work is bounded by
/// what lies on disk: every blob is visited once, whatever refers to it.
public struct LayoutVerifier {
  /// What to look at.
  public struct Options: Sendable {
    /// Whether layers are read and hashed too.
    ///
    /// Documents always are.
    public var isDeep: Bool
    /// Whether unknown files, and blobs that nothing refers to, are noted.
    public var notesUnknownFiles: Bool

    /// Makes options; by default layers are read and unknown files are no matter.
    public init(isDeep: Bool = true, notesUnknownFiles: Bool = false) {
      self.isDeep = isDeep
      self.notesUnknownFiles = notesUnknownFiles
    }
  }

  /// What a walk begins with.
  package enum Roots: Sendable {
    /// All entries of `index.json`.
    case all
    /// These entries, which a tag has or had.
    case entries([Descriptor], tag: String)
  }

  /// Gives a verified copy of a document that the layout lacks, if there is one, so that what lies
  /// behind it can be checked all the same.
  package typealias CopySource = (Descriptor) -> [UInt8]?

  let layout: ImageLayout
  let copy: CopySource
  var result: LayoutExamination
  var contents: [Digest: Int64?] = [:]
  var pendingPositions: [Digest: Int] = [:]
  var walk = DocumentWalk()
  var configs = ConfigFactsCache()
  var platforms: Set<PlatformClaim> = []
  /// How long damaged documents may still be waited for, in milliseconds; another tool may be
  /// writing the first, but hardly a thousand.
  var patience: UInt32 = BlobStore.patience

  private init(_ layout: ImageLayout, _ copy: @escaping CopySource) {
    self.layout = layout
    self.copy = copy
    result = LayoutExamination(findings: FindingList(of: layout.path))
  }

  /// Verifies the layout at a path; one that cannot be opened gives a finding too.
  public static func verify(at path: String, _ options: Options = Options()) -> [LayoutFinding] {
    do throws(LayoutError) {
      return verify(try ImageLayout.open(path), options)
    } catch {
      return [LayoutFinding(.layoutInvalid, path, error.inOneLine)]
    }
  }

  /// Verifies an open layout.
  ///
  /// - Returns: What was found, sorted: problems first. None means that the layout is whole.
  public static func verify(
    _ layout: ImageLayout, _ options: Options = Options()
  ) -> [LayoutFinding] {
    var result = examine(layout, notesFiles: options.notesUnknownFiles)
    if options.isDeep {
      for blob in result.pending {
        do throws(BlobError) { try layout.blobs.verify(blob.digest, size: blob.size) } catch {
          result.findings.add(error.finding(tag: blob.tag))
        }
      }
    }
    return result.findings.sorted
  }

  /// Checks everything but the content of blobs that are no documents.
  ///
  /// - Parameters:
  ///   - layout: The layout.
  ///   - roots: What to begin with.
  ///   - notesFiles: Whether unknown files and unreferenced blobs are noted.
  ///   - copy: Gives documents that the layout lacks.
  package static func examine(
    _ layout: ImageLayout, _ roots: Roots = .all, notesFiles: Bool,
    copy: @escaping CopySource = { _ in nil }
  ) -> LayoutExamination {
    var verifier = LayoutVerifier(layout, copy)
    switch roots {
    case .all: verifier.checkIndex()
    case .entries(let descriptors, let tag):
      for descriptor in descriptors { verifier.checkEntry(descriptor, named: tag) }
      verifier.followAll()
    }
    verifier.comparePlatforms()
    if notesFiles {
      verifier.noteUnknownFiles()
      // What a document that cannot be read refers to is not known.
      if !verifier.result.isIncomplete { verifier.noteUnreferencedBlobs() }
    }
    return verifier.result
  }

  mutating func note(
    _ code: LayoutFinding.Code, _ subject: String, _ message: String, tag: String? = nil
  ) {
    result.findings.add(LayoutFinding(code, subject, message, tag: tag))
  }

  private mutating func checkIndex() {
    let index: ImageIndex
    do throws(LayoutError) { index = try layout.readIndex().index } catch {
      note(.indexInvalid, LayoutPaths.index, error.inOneLine)
      return
    }
    for member in index.missingMembers {
      note(.memberMissing, LayoutPaths.index, "it has no `\(member)`")
    }
    checkRepetition(index.repeatedMember, in: LayoutPaths.index, tag: nil)
    if let type = index.mediaType, type != .imageIndex {
      note(.mediaTypeMismatch, LayoutPaths.index, "it says that it is of type \(type)")
    }
    var names: Set<String> = []
    for entry in index.entries {
      let name = entry.referenceName
      checkEntry(entry.descriptor, named: name)
      guard let name else { continue }
      if !ReferenceName.isValid(name) { note(.tagName, name, "not a valid reference name") }
      if !names.insert(name).inserted {
        note(.tagDuplicate, name, "several entries have this name")
      }
    }
    if let subject = index.subject { checkSubject(subject, of: LayoutPaths.index, tag: nil) }
    followAll()
  }

  private mutating func checkEntry(_ descriptor: Descriptor, named name: String?) {
    result.entryCount += 1
    if let name { result.paths.add(descriptor.digest, named: name) }
    let isThere = check(descriptor, from: LayoutPaths.index, tag: name)
    if let name, !isThere {
      note(.danglingTag, name, "\(descriptor.digest) is missing", tag: name)
    }
  }
}
