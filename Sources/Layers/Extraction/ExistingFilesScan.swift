internal import CLinux
internal import Glibc
internal import Store

/// Enters what a directory holds already into its tree, as if a lower layer had brought it.
///
/// For `raw unpack` into a directory that is not empty. Directories that this process may not read
/// are opened up until the end of the extraction, which gives them their modes back.
struct ExistingFilesScan {
  typealias Node = ExtractedTree.Node

  private let writer: RootfsWriter
  private var tree: ExtractedTree { writer.tree }
  // Names of files with more than one link, by device and inode.
  private var linked: [FileIdentity: Node] = [:]

  private struct FileIdentity: Hashable {
    let device: UInt64
    let inode: UInt64
  }

  init(_ writer: RootfsWriter) {
    self.writer = writer
  }

  /// Enters everything below the root.
  ///
  /// - Throws: ``SyscallError``, also `ENAMETOOLONG` for a tree that is deeper than a path can be.
  mutating func scan() throws(SyscallError) {
    var pending: [Node] = [.root]
    while let directory = pending.popLast() {
      for name in try names(in: directory) {
        let node = try enter(name, in: directory)
        if tree[node].kind == .directory { pending.append(node) }
      }
    }
  }

  private mutating func enter(
    _ name: [UInt8], in parent: Node
  ) throws(SyscallError) -> Node {
    try name.bytes { name throws(SyscallError) in
      let status = try status(of: name, in: parent)
      let identity = FileIdentity(device: status.device, inode: status.inode)
      if status.kind != .directory, status.linkCount > 1 {
        if let first = linked[identity] {
          return try tree.insertLink(name, in: parent, to: first)
        }
      }
      var record = FileRecord(
        kind: status.kind, permissions: UInt16(truncatingIfNeeded: status.permissions))
      record.userID = status.userID
      record.groupID = status.groupID
      record.size = status.size
      record.modificationTime = status.modificationTime
      // Whether there are attributes is asked only when something is put here.
      record.flags.insert(.hasAttributes)
      if status.kind == .directory {
        record.directoryAccessTime = status.accessTime
        record.directoryLinkCount = status.linkCount
      }
      if status.kind == .symbolicLink { record.text = try target(of: name, in: parent) }
      let node = try tree.insert(name, in: parent, record)
      if status.kind != .directory, status.linkCount > 1 { linked[identity] = node }
      return node
    }
  }

  private func status(
    of name: UnsafeRawBufferPointer, in parent: Node
  ) throws(SyscallError) -> FileStatus {
    let directory = try writer.cache.descriptor(of: parent)
    var status = stat()
    let result = writer.terminated(name) { fstatat(directory, $0, &status, AT_SYMLINK_NOFOLLOW) }
    guard result == 0 else { throw .last("fstatat", writer.path(parent, name)) }
    return FileStatus(status)
  }

  private func target(
    of name: UnsafeRawBufferPointer, in parent: Node
  ) throws(SyscallError) -> SpooledBytes.Reference {
    let directory = try writer.cache.descriptor(of: parent)
    var count = 0
    let target = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, initialized in
      count = buffer.withMemoryRebound(to: CChar.self) { room in
        guard let start = room.baseAddress else { return -1 }
        return writer.terminated(name) { readlinkat(directory, $0, start, room.count) }
      }
      initialized = max(count, 0)
    }
    guard count >= 0 else { throw .last("readlinkat", writer.path(parent, name)) }
    return try target.bytes { bytes throws(SyscallError) in try tree.keep(bytes) }
  }

  private func names(in node: Node) throws(SyscallError) -> [[UInt8]] {
    var descriptor = try open(node)
    if descriptor < 0, errno == EACCES, node != .root {
      // Its own mode comes back at the end.
      let (parent, name) = (tree.parent(of: node), tree.name(of: node))
      try writer.setMode(.named(parent, name), tree[node].permissions | 0o700)
      writer.markPending(node)
      descriptor = try open(node)
    }
    let path = writer.path(node, UnsafeRawBufferPointer(start: nil, count: 0))
    guard descriptor >= 0, let stream = fdopendir(descriptor) else {
      throw .last("openat", path)
    }
    defer { closedir(stream) }
    var names: [[UInt8]] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        guard errno == 0 else { throw .last("readdir", path) }
        return names
      }
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if name != [0x2e], name != [0x2e, 0x2e] { names.append(name) }
    }
  }

  private func open(_ node: Node) throws(SyscallError) -> Int32 {
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | clinux_O_NOFOLLOW
    if node == .root { return clinux_openat(writer.root.descriptor, ".", flags, 0) }
    let parent = try writer.cache.descriptor(of: tree.parent(of: node))
    return writer.terminated(tree.name(of: node)) { clinux_openat(parent, $0, flags, 0) }
  }
}
