internal import Store

/// Writing the stat cache of a tree that has just been extracted.
package enum StatCacheOfExtraction {
  /// The tree on disk is not the one that was extracted.
  private struct Mismatch: Error {}

  /// Writes the cache.
  ///
  /// Asks for the status of every file, and reads none.
  ///
  /// - Parameters:
  ///   - tree: The record of the extraction.
  ///   - rootfs: The root of the tree on disk.
  ///   - spec: The SHA-256 of the mtree file that was written of it, 32 bytes.
  ///   - file: Takes the cache; it was created after the extraction ended, so that it tells the time.
  /// - Returns: False when somebody has changed the tree meanwhile: what was written is no use then.
  /// - Throws: ``SyscallError``.
  package static func write(
    _ tree: ExtractedTree, rootfs: String, isRootless: Bool, spec: [UInt8], to file: BundleFile
  ) throws -> Bool {
    let root = try OpenDirectory.open(rootfs).status()
    var writer = try StatCacheWriter(timedBy: file, rootfs: root)
    do {
      try walk(tree, RootfsScanner(path: rootfs, isRootless: isRootless), &writer, file)
    } catch is Mismatch {
      return false
    } catch is MtreeError {
      return false
    }
    try file.write(writer.finish(spec: spec))
    return true
  }

  private static func walk(
    _ tree: ExtractedTree, _ scanner: RootfsScanner, _ writer: inout StatCacheWriter,
    _ file: BundleFile
  ) throws {
    var places: [ExtractedTree.Node] = []
    var count = 0
    func facts(_ name: [UInt8], _ status: FileStatus) throws -> (ExtractedTree.Node, MtreeFacts) {
      let node = places.last.map { place in
        name.withUnsafeBytes { tree.child(of: place, named: $0) }
      }
      guard node != ExtractedTree.Node.none else { throw Mismatch() }
      let place = node ?? .root
      let facts = MtreeFacts(tree.entry(place))
      guard facts.isAlike(status) else { throw Mismatch() }
      count += 1
      return (place, facts)
    }
    let list = { (folder: ScannedFolder) in
      let names = try folder.names()
      writer.list(names)
      return names
    }
    try scanner.scan(listing: list) { step in
      switch step {
      case .enter(let folder, _):
        let (place, facts) = try facts(folder.name, folder.status)
        places.append(place)
        writer.enter(facts, folder.status)
      case .item(let item, _): writer.item(try facts(item.name, item.status).1, item.status)
      case .leave:
        places.removeLast()
        writer.leave()
      }
      if writer.size >= 1 << 16 { try file.write(writer.take()) }
    }
    guard count == tree.count else { throw Mismatch() }
  }
}

extension MtreeFacts {
  /// Whether a status says the same, as far as it can.
  fileprivate func isAlike(_ status: FileStatus) -> Bool {
    kind == status.kind && permissions == status.permissions && userID == status.userID
      && groupID == status.groupID && size == status.size && linkCount == status.linkCount
      && modificationTime.seconds == status.modificationTime.seconds
  }
}
