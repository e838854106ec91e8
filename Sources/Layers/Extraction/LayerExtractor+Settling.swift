internal import CLinux
internal import Glibc
internal import Store

/// The end of an extraction: directories get the times and modes that would not have lasted.
extension LayerExtractor {
  /// Sets the final times and modes of directories, and records what the file system shows of them.
  ///
  /// Children come before their parents, so that a directory that nobody may enter is closed last.
  func settle() throws {
    var node = deepest(.root)
    var footprint = TreeFootprint()
    while true {
      footprint.visit(node, in: tree)
      if tree[node].kind == .directory { try settle(node) }
      if node == .root { return }
      let sibling = tree.nextSibling(of: node)
      node = sibling == .none ? tree.parent(of: node) : deepest(sibling)
    }
  }

  private func deepest(_ start: Node) -> Node {
    var node = start
    while tree.firstChild(of: node) != .none { node = tree.firstChild(of: node) }
    return node
  }

  private func settle(_ node: Node) throws {
    guard tree[node].flags.contains(.isPending) else { return }
    let record = tree[node]
    let handle: FileHandle =
      node == .root
      ? .open(writer.root.descriptor) : .named(tree.parent(of: node), tree.name(of: node))
    // The descriptor that the cache may hold must not be used once the mode forbids it.
    if !writer.process.isPrivileged, record.permissions & 0o700 != 0o700 {
      try writer.setMode(handle, record.permissions)
    }
    try writer.setTimes(
      handle, access: record.directoryAccessTime, modification: record.modificationTime)
    let status = try status(of: handle)
    tree[node].size = status.size
    tree[node].directoryLinkCount = status.linkCount
    tree[node].flags.remove(.isPending)
  }

  private func status(of handle: FileHandle) throws(SyscallError) -> FileStatus {
    switch handle {
    case .open: return try writer.root.status()
    case .named(let parent, let name):
      let directory = try writer.cache.descriptor(of: parent)
      var status = stat()
      let result = writer.terminated(name) {
        fstatat(directory, $0, &status, AT_SYMLINK_NOFOLLOW)
      }
      guard result == 0 else { throw .last("fstatat", writer.path(parent, name)) }
      return FileStatus(status)
    }
  }
}
