internal import CLinux
internal import Glibc
internal import Store

/// Where attributes are read and written: an open file, or a path whose end is not followed.
struct AttributePlace {
  let descriptor: Int32
  let link: [CChar]?

  /// The names, or nil when they cannot be read or take more than `limit` bytes.
  func names(limit: Int = 65536) -> [[UInt8]]? {
    guard let bytes = read(limit, { list($0, $1) }) else { return nil }
    return bytes.split(separator: 0).map { Array($0) }
  }

  /// A value, or nil when it cannot be read or is longer than `limit`.
  func value(of name: [UInt8], limit: Int = 65536) -> [UInt8]? {
    let text = name.map { CChar(bitPattern: $0) } + [0]
    return read(limit) { buffer, count in
      if let link { return clinux_lgetxattr(link, text, buffer, count) }
      return clinux_fgetxattr(descriptor, text, buffer, count)
    }
  }

  func set(_ attribute: ExtendedAttribute) -> Int {
    let text = attribute.name.map { CChar(bitPattern: $0) } + [0]
    return attribute.value.withUnsafeBytes {
      if let link { return Int(clinux_lsetxattr(link, text, $0.baseAddress, $0.count)) }
      return Int(clinux_fsetxattr(descriptor, text, $0.baseAddress, $0.count))
    }
  }

  func remove(_ name: [UInt8]) -> Int {
    let text = name.map { CChar(bitPattern: $0) } + [0]
    if let link { return Int(clinux_lremovexattr(link, text)) }
    return Int(clinux_fremovexattr(descriptor, text))
  }

  private func list(_ buffer: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
    if let link { return clinux_llistxattr(link, buffer, count) }
    return clinux_flistxattr(descriptor, buffer, count)
  }

  private func read(
    _ limit: Int, _ call: (UnsafeMutablePointer<CChar>?, Int) -> Int
  ) -> [UInt8]? {
    var count = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, initialized in
      count = buffer.withMemoryRebound(to: CChar.self) { call($0.baseAddress, limit) }
      initialized = max(count, 0)
    }
    return count >= 0 ? bytes : nil
  }
}

extension AttributePlace {
  /// A file by its name in an open folder, which is not followed: what cannot be opened.
  init(_ name: [UInt8], in folder: borrowing OpenDirectory) {
    let prefix = "/proc/self/fd/\(folder.descriptor)/"
    self.init(
      descriptor: -1, link: (Array(prefix.utf8) + name).map { CChar(bitPattern: $0) } + [0])
  }

  /// All attributes, sorted by their names; `path` is for messages.
  ///
  /// - Throws: ``SyscallError``. A file system without attributes has none, and one that is gone when
  ///   it is read has no value.
  func all(_ path: String) throws(SyscallError) -> [ExtendedAttribute] {
    guard let names = names() else {
      if errno == EOPNOTSUPP { return [] }
      throw SyscallError.last("listxattr", path)
    }
    var attributes: [ExtendedAttribute] = []
    for name in names {
      let value = value(of: name)
      if value == nil, errno != ENODATA, errno != EOPNOTSUPP {
        throw SyscallError.last("getxattr", path)
      }
      attributes.append(ExtendedAttribute(name: name, value: value ?? []))
    }
    return attributes.sorted { $0.name.lexicographicallyPrecedes($1.name) }
  }
}
