internal import CLinux
internal import Glibc
internal import Store

/// Makes and removes files below one root, on disk and in its tree at once.
///
/// A file is named by the node of its directory and its last component, so that nothing is ever
/// looked up through a symbolic link. New files are made with `O_EXCL` and friends; nothing is
/// written through an inode that was there before.
final class RootfsWriter {
  typealias Node = ExtractedTree.Node

  let tree: ExtractedTree
  let cache: DirectoryCache
  let process: ProcessFacts
  /// The root's descriptor, open for reading.
  let root: OpenDirectory
  /// Whether new files get attributes from the file system itself, for example SELinux labels.
  let inheritsAttributes: Bool
  // Where names get their NUL.
  private let nameRoom = UnsafeMutablePointer<CChar>.allocate(capacity: 4097)

  /// Whether what an unprivileged user may not do is left out with a warning.
  let isRootless: Bool
  let warn: (ExtractionWarning) -> Void

  /// Makes a writer for an open directory and the tree that mirrors it.
  init(
    root: OpenDirectory, tree: ExtractedTree, process: ProcessFacts, isRootless: Bool,
    warn: @escaping (ExtractionWarning) -> Void
  ) {
    self.root = root
    self.tree = tree
    self.process = process
    self.isRootless = isRootless
    self.warn = warn
    cache = DirectoryCache(tree: tree, root: root.descriptor, rootPath: root.path)
    inheritsAttributes = clinux_flistxattr(root.descriptor, nil, 0) > 0
  }

  deinit { nameRoom.deallocate() }

  /// The path of a name, for messages.
  func path(_ parent: Node, _ name: UnsafeRawBufferPointer) -> String {
    root.path + "/" + String(decoding: tree.path(of: parent), as: UTF8.self) + "/"
      + String(decoding: name, as: UTF8.self)
  }

  /// Makes one call for a name in a directory.
  @discardableResult
  func perform(
    _ point: FailPoint, _ call: String, _ parent: Node, _ name: UnsafeRawBufferPointer,
    _ body: (_ directory: Int32, _ name: UnsafePointer<CChar>) -> Int
  ) throws(SyscallError) -> Int {
    let directory = try cache.descriptor(of: parent)
    return try terminated(name) { text throws(SyscallError) in
      try point.perform(call, on: path(parent, name)) { body(directory, text) }
    }
  }

  /// Calls `body` with a name as a C string.
  func terminated<Result, Failure: Error>(
    _ name: UnsafeRawBufferPointer, _ body: (UnsafePointer<CChar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let count = min(name.count, 4096)
    if count > 0, let source = name.baseAddress {
      UnsafeMutableRawPointer(nameRoom).copyMemory(from: source, byteCount: count)
    }
    nameRoom[count] = 0
    return try body(UnsafePointer(nameRoom))
  }

  // MARK: making

  /// Makes an empty regular file and opens it for writing.
  func makeFile(
    _ name: UnsafeRawBufferPointer, in parent: Node, mode: UInt32
  ) throws(SyscallError) -> OpenFile {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | clinux_O_NOFOLLOW
    let descriptor = try perform("extract.file", "openat", parent, name) {
      Int(clinux_openat($0, $1, flags, mode))
    }
    // Building a path for each file would take longer than writing most of them.
    return OpenFile(descriptor: Int32(descriptor), path: "")
  }

  func makeDirectory(
    _ name: UnsafeRawBufferPointer, in parent: Node, mode: UInt32
  ) throws(SyscallError) {
    try perform("extract.directory", "mkdirat", parent, name) { Int(mkdirat($0, $1, mode)) }
  }

  func makeSymbolicLink(
    _ name: UnsafeRawBufferPointer, in parent: Node, to target: [UInt8]
  ) throws(SyscallError) {
    let text = target.map { CChar(bitPattern: $0) } + [0]
    try perform("extract.symlink", "symlinkat", parent, name) { Int(symlinkat(text, $0, $1)) }
  }

  /// Makes a device node or a fifo; `mode` has the type bits too.
  func makeSpecialFile(
    _ name: UnsafeRawBufferPointer, in parent: Node, mode: UInt32, device: UInt64
  ) throws(SyscallError) {
    try perform("extract.node", "mknodat", parent, name) {
      Int(mknodat($0, $1, mode, UInt(device)))
    }
  }

  /// Gives an existing file another name.
  func makeHardLink(
    _ name: UnsafeRawBufferPointer, in parent: Node, to target: Node
  ) throws(SyscallError) {
    let targetName = tree.name(of: target).map { CChar(bitPattern: $0) } + [0]
    // The second descriptor must not be pushed out of the cache by the first.
    let source = fcntl(try cache.descriptor(of: tree.parent(of: target)), F_DUPFD_CLOEXEC, 0)
    guard source >= 0 else { throw .last("fcntl", path(parent, name)) }
    defer { close(source) }
    try perform("extract.link", "linkat", parent, name) {
      Int(linkat(source, targetName, $0, $1, 0))
    }
  }

  // MARK: removing

  /// Removes a name and everything below it, on disk and in the tree.
  func remove(_ node: Node) throws(SyscallError) {
    markPending(tree.parent(of: node))
    var current = node
    while true {
      let child = tree.firstChild(of: current)
      if child != .none {
        current = child
        continue
      }
      let parent = tree.parent(of: current)
      let flags = tree[current].kind == .directory ? Int32(AT_REMOVEDIR) : 0
      cache.forget(current)
      try perform("extract.remove", "unlinkat", parent, tree.name(of: current)) {
        Int(unlinkat($0, $1, flags))
      }
      tree.remove(current)
      if current == node { return }
      current = parent
    }
  }

  /// Notes that the times of a directory must be set when everything is in place.
  func markPending(_ directory: Node) { tree[directory].flags.insert(.isPending) }
}
