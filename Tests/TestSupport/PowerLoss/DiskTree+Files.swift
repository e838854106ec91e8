internal import Glibc

extension DiskTree {
  /// Takes in a folder of the real file system; large files stay there and must not change.
  public init(folder path: String) throws {
    self.init()
    var seen: [UInt64: NodeID] = [:]
    try load(path, into: .root, seen: &seen)
  }

  private mutating func load(
    _ path: String, into folder: NodeID, seen: inout [UInt64: NodeID]
  ) throws {
    guard let stream = opendir(path) else {
      throw TestFailure("cannot open the folder \(path): errno \(errno)")
    }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name == "." || name == ".." { continue }
      let child = path + "/" + name
      var status = stat()
      guard lstat(child, &status) == 0 else { throw TestFailure("cannot stat \(child)") }
      let node = try seen[UInt64(status.st_ino)] ?? addNode(child, status)
      seen[UInt64(status.st_ino)] = node
      self[Slot(folder: folder, name: name)] = node
      if case .folder = self[node].kind { try load(child, into: node, seen: &seen) }
    }
  }

  private mutating func addNode(_ path: String, _ status: stat) throws -> NodeID {
    let mode = status.st_mode & 0o7777
    switch status.st_mode & S_IFMT {
    case S_IFDIR: return add(.folder, mode: mode)
    case S_IFREG:
      return add(.file(.original(path: path, size: Int(status.st_size))), mode: mode)
    case S_IFLNK:
      return add(.symlink(target: try readTarget(path)), mode: mode)
    default: throw TestFailure("\(path) is neither file, folder nor link")
    }
  }

  private func readTarget(_ path: String) throws -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &buffer, buffer.count)
    guard count >= 0 else { throw failure("read the link", path) }
    return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Writes the tree into the folder `path`, which is made, or holds nothing but folders of the tree: hard links are one
  /// file, permission bits are kept; owners, times and extended attributes are not.
  public func materialise(at path: String) throws {
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
      throw TestFailure("cannot make \(path): errno \(errno)")
    }
    var written: [NodeID: String] = [:]
    var folders: [(path: String, mode: UInt32)] = []
    for entry in entries() {
      let target = path + "/" + entry.path
      if let first = written[entry.node] {
        guard Glibc.link(first, target) == 0 else { throw failure("link", target) }
        continue
      }
      switch self[entry.node].kind {
      case .folder:
        guard mkdir(target, 0o755) == 0 || errno == EEXIST else { throw failure("make", target) }
        folders.append((target, self[entry.node].mode))
        continue
      case .symlink(let text):
        guard Glibc.symlink(text, target) == 0 else { throw failure("link", target) }
      case .file:
        try writeFile(target, try bytes(of: entry.node), mode: self[entry.node].mode)
      }
      written[entry.node] = target
    }
    for folder in folders.reversed() where chmod(folder.path, folder.mode) != 0 {
      throw failure("set the mode of", folder.path)
    }
  }

  private func failure(_ verb: String, _ path: String) -> TestFailure {
    TestFailure("cannot \(verb) \(path): errno \(errno)")
  }

  private func writeFile(_ path: String, _ bytes: [UInt8], mode: UInt32) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure("create", path) }
    defer { close(descriptor) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { throw failure("write", path) }
      rest = rest.dropFirst(count)
    }
    guard fchmod(descriptor, mode) == 0 else { throw failure("set the mode of", path) }
  }

  /// The contents of a file as text, or nil when the path names no readable file.
  public func text(of path: String) -> String? {
    guard let node = node(path), case .file = self[node].kind else { return nil }
    return (try? bytes(of: node)).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The permission bits of an entry, or nil when there is none.
  public func mode(of path: String) -> UInt32? {
    node(path).map { self[$0].mode }
  }

  /// One line per entry: path, kind, permission bits, contents and which entries are one file.
  ///
  /// Two trees are equal when their listings are.
  public func listing() throws -> [String] {
    var first: [NodeID: String] = [:]
    return try entries().map { entry in
      let mode = String(self[entry.node].mode, radix: 8)
      if let other = first[entry.node] { return "\(entry.path) = \(other)" }
      first[entry.node] = entry.path
      switch self[entry.node].kind {
      case .folder: return "\(entry.path)/ \(mode)"
      case .symlink(let target): return "\(entry.path) -> \(target)"
      case .file:
        let bytes = try bytes(of: entry.node)
        return "\(entry.path) \(mode) \(bytes.count) bytes \(checksum(bytes))"
      }
    }
  }

  /// A hash of all that ``listing()`` shows, for this process only.
  func fingerprint() -> Int {
    var hasher = Hasher()
    for entry in entries() {
      hasher.combine(entry.path)
      hasher.combine(entry.node)
      switch self[entry.node].kind {
      case .folder: hasher.combine(0)
      case .symlink(let target): hasher.combine(target)
      case .file(let content): hasher.combine(content)
      }
      hasher.combine(self[entry.node].mode)
    }
    return hasher.finalize()
  }
}

/// FNV-1a of 64 bits, in hexadecimal.
private func checksum(_ bytes: [UInt8]) -> String {
  var hash: UInt64 = 0xcbf2_9ce4_8422_2325
  for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
  return String(hash, radix: 16)
}
