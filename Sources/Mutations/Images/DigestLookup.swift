internal import Journal
internal import Store

/// Finds what a digest, or the beginning of one, stands for: in index.json, in `blobs/`, and in what only
/// the history knows.
struct DigestLookup {
  let context: MutationContext
  let index: ImageIndex

  /// How many documents are looked into to tell images from other blobs.
  private static let maximumCandidates = 64

  /// The one thing whose digest begins so; where there are several, the one image among them.
  ///
  /// Something that an entry stands for, now or once, has that entry's descriptor, without a name.
  ///
  /// - Throws: ``ReferenceError/noSuchDigest(_:)``, ``ReferenceError/ambiguousDigest(_:candidates:)``,
  ///   and reading errors.
  func descriptor(of prefix: DigestPrefix) throws -> Descriptor {
    var images: [Digest: Descriptor] = [:]
    let entries = index.entries.map(\.descriptor).filter { prefix.matches($0.digest) }
    for entry in try entries + (context.history?.entries(prefix) ?? [])
    where images[entry.digest] == nil {
      images[entry.digest] = entry.settingAnnotation(Annotations.referenceName, to: nil)
    }
    if let whole = prefix.digest, let entry = images[whole] { return entry }
    var others: [Descriptor] = []
    for digest in try stored(prefix) where images[digest] == nil {
      if others.count >= Self.maximumCandidates { break }
      let descriptor = try descriptor(ofStored: digest)
      if DocumentChildren.refersToOthers(descriptor.mediaType) {
        images[digest] = descriptor
      } else {
        others.append(descriptor)
      }
    }
    let found = images.isEmpty ? others : Array(images.values)
    guard let only = found.first else { throw ReferenceError.noSuchDigest("\(prefix)") }
    guard found.count == 1 else { throw ambiguous(prefix, found) }
    return only
  }

  private func ambiguous(_ prefix: DigestPrefix, _ found: [Descriptor]) -> ReferenceError {
    .ambiguousDigest(
      "\(prefix)",
      candidates: found.sorted { $0.digest < $1.digest }.map {
        .init(digest: $0.digest, mediaType: $0.mediaType, platform: $0.platform)
      })
  }

  /// The digests that begin so and of which there is content, sorted.
  private func stored(_ prefix: DigestPrefix) throws -> [Digest] {
    if let digest = prefix.digest { return try isStored(digest) ? [digest] : [] }
    let files = try prefix.digests(below: context.layout.blobs.directory)
    return try (context.history?.keptDigests(prefix) ?? []).union(files).sorted()
  }

  private func isStored(_ digest: Digest) throws -> Bool {
    if try context.layout.blobs.status(of: digest) != nil { return true }
    return try context.history?.keptDigests(DigestPrefix(digest)).isEmpty == false
  }

  /// A descriptor for what is known by its digest alone: its type is what it says, or what its members are
  /// those of.
  private func descriptor(ofStored digest: Digest) throws -> Descriptor {
    let unknown = Descriptor(
      mediaType: "application/octet-stream", digest: digest, size: try size(of: digest))
    guard unknown.size <= Int64(BlobStore.maximumDocumentSize) else { return unknown }
    let bytes = try context.read(unknown)
    let document = try? JSONDocument(parsing: bytes, limits: .blob, named: "\(digest)")
    guard let root = document?.root.objectValue else { return unknown }
    return Descriptor(mediaType: Self.mediaType(of: root), digest: digest, size: unknown.size)
  }

  private func size(of digest: Digest) throws -> Int64 {
    guard let copy = try context.documents.find(digest, in: [.blobs, .database, .keep]) else {
      throw BlobError.missing(digest)
    }
    return copy.size
  }

  private static func mediaType(of root: JSONObject) -> MediaType {
    if let type = root["mediaType"]?.stringValue, !type.isEmpty { return MediaType(rawValue: type) }
    if root.contains("layers") { return .imageManifest }
    if root.contains("manifests") { return .imageIndex }
    return root.contains("rootfs") ? .imageConfig : "application/json"
  }
}
