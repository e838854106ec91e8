internal import Store

/// Whether content is still somewhere, in the layout or in what the history keeps.
///
/// That is what a writer could bring back. Reads only.
struct ContentSearch {
  let layout: ImageLayout
  let control: ControlFolder
  let database: JournalDatabase
  /// What counts as being there.
  var planned = PlannedContent()

  private var trash: TrashFolder { TrashFolder(control: control) }

  /// Whether a blob is in the layout, in `keep/`, in the trash or in the database.
  func isAvailable(_ descriptor: Descriptor) throws(JournalError) -> Bool {
    let digest = descriptor.digest
    let size = descriptor.size
    let isOnDisk = try control.system { () throws(SyscallError) in
      if try layout.blobs.contains(digest, size: size) { return true }
      let kept = try control.keep.status(of: BlobStore.relativePath(of: digest))
      if kept?.size == size { return true }
      return try trash.find(digest, size: size) != nil
    }
    if isOnDisk { return true }
    return try database.hasDocument(digest)
  }

  /// What descriptors reach and is nowhere, or is no document where it has to be one; sorted.
  func missing(from descriptors: [Descriptor]) throws(JournalError) -> [Digest] {
    var missing: [Digest] = []
    var visited: Set<Digest> = []
    var pending = descriptors
    while let descriptor = pending.popLast() {
      guard visited.insert(descriptor.digest).inserted else { continue }
      if let children = planned.children(of: descriptor) {
        pending += children.filter { !$0.isOptional }.map(\.descriptor)
        continue
      }
      guard try isAvailable(descriptor), let children = try children(of: descriptor) else {
        missing.append(descriptor.digest)
        continue
      }
      pending += children.filter { !$0.isOptional }.map(\.descriptor)
    }
    return missing.sorted()
  }

  /// What needs some of what is missing: the first edit that does, in words.
  func dependent(on missing: [Digest], among edits: [TagEdit]) throws(JournalError) -> String {
    for edit in edits where try !Set(missing).isDisjoint(with: self.missing(from: edit.after)) {
      return edit.key.description
    }
    return "it"
  }

  /// Nil when the document is damaged.
  private func children(of descriptor: Descriptor) throws(JournalError) -> [BlobReference]? {
    let document = BlobReference(descriptor)
    guard document.role.refersToOthers else { return [] }
    if let known = try database.references(in: document) { return known }
    guard let bytes = try bytes(of: descriptor) else { return nil }
    return try? BlobReference.references(in: bytes, of: descriptor)
  }

  private func bytes(of descriptor: Descriptor) throws(JournalError) -> [UInt8]? {
    if let copy = try database.document(descriptor.digest) { return copy }
    do throws(BlobError) { return try layout.blobs.readDocument(descriptor) } catch {
      if case .system(let cause) = error { throw .system(cause) }
    }
    return try control.system { () throws(SyscallError) in
      if let kept = try KeptBlobs(folder: control.keep).readDocument(descriptor) { return kept }
      for name in try trash.names() {
        guard let folder = try trash.open(name) else { continue }
        if let bytes = try KeptBlobs(folder: folder).readDocument(descriptor) { return bytes }
      }
      return nil
    }
  }
}
