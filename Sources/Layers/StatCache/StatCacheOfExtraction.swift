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
  ///   - mtree: The SHA-256 of the mtree file that was written of it, 32 bytes.
  ///   - file: Takes the cache; it was created after the extraction ended, so that it tells the time.
  /// - Returns: False when somebody has changed the tree meanwhile: what was written is no use then.
  /// - Throws: ``SyscallError``.
  package static func write(
    _ tree: ExtractedTree, rootfs: String, isRootless: Bool, mtree: [UInt8], to file: BundleFile
  ) throws -> Bool {
    let root = try OpenDirectory.open(rootfs).status()
    var writer = try StatCacheWriter(timedBy: file, rootfs: root)
    do {
      try walk(tree, RootfsScanner(path: rootfs, isRootless: isRootless), &writer, file)
    } catch is Mismatch {
      return false
    } catch is WalkError {
      return false
    }
    try file.write(writer.finish(mtree: mtree))
    return true
  }

  /// Walks through the tree and the disk side by side: both are in the same order.
  private static func walk(
    _ tree: ExtractedTree, _ scanner: RootfsScanner, _ writer: inout StatCacheWriter,
    _ file: BundleFile
  ) throws {
    var expected = TreeWalk(tree)
    func facts(
      _ node: ExtractedTree.Node, _ name: [UInt8], _ status: FileStatus
    ) throws -> MtreeFacts {
      let facts = MtreeFacts(tree.entry(node))
      guard facts.name == name, facts.isAlike(status) else { throw Mismatch() }
      return facts
    }
    let list = { (folder: ScannedFolder) in
      let names = try folder.names()
      writer.list(names)
      return names
    }
    try scanner.scan(listing: list) { step in
      switch (step, expected.next()) {
      case (.enter(let folder, _), .enter(let node)):
        writer.enter(try facts(node, folder.name, folder.status), folder.status)
      case (.item(let item, _), .item(let node)):
        writer.item(try facts(node, item.name, item.status), item.status)
      case (.leave, .leave): writer.leave()
      default: throw Mismatch()
      }
      if writer.size >= 1 << 16 { try file.write(writer.take()) }
    }
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
