internal import Store

extension MtreeFile {
  /// Compares a root file system on disk with this mtree file.
  ///
  /// Nothing is written, and no symbolic link is followed. The time it takes is that of reading
  /// every file whose status is as the mtree file says.
  ///
  /// - Parameters:
  ///   - rootfs: The root of the tree.
  ///   - keywords: What to compare.
  ///   - names: The names of owners, for `uname` and `gname`.
  ///   - isRootless: Whether to read what keeps its own owner out (umoci-behaviour §4.9).
  /// - Returns: What differs, sorted by path.
  /// - Throws: ``SyscallError``, ``MtreeError``.
  package func differences(
    fromRootfs rootfs: String, keywords: [MtreeKeyword], names: OwnerNames = .none,
    isRootless: Bool = false
  ) throws -> [MtreeDifference] {
    let reader = RootfsFacts(keywords: keywords)
    var comparison = MtreeComparison(with: self, keywords: keywords, names: names)
    var places: [Node?] = []
    var path: [UInt8] = []
    try RootfsScanner(path: rootfs, isRootless: isRootless).scan { step in
      switch step {
      case .enter(let folder, let folderPath):
        path = folderPath
        let place = places.isEmpty ? .root : node(named: folder.name, in: places.last)
        places.append(place)
        let facts = reader.facts(of: folder)
        comparison.compare(place, path: { path }, facts: facts, digests: { _ in [:] })
      case .item(let file, let folder):
        let facts = try reader.facts(of: file, in: folder)
        try comparison.compare(
          node(named: file.name, in: places.last), path: { join(path, file.name) },
          facts: facts, digests: { try reader.digests(of: file, in: folder, $0) })
      case .leave: places.removeLast()
      }
    }
    return try comparison.finish()
  }

  private func node(named name: [UInt8], in parent: Node??) -> Node? {
    (parent ?? nil).flatMap { node(named: name, in: $0) }
  }
}
