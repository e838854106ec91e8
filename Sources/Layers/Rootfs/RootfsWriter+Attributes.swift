internal import CLinux
internal import Glibc
internal import Store

/// Extended attributes: capabilities, access control lists and overlay markers are nothing else.
extension RootfsWriter {
  /// Attributes that are left as they are on disk (umoci-behaviour §3.6).
  private static let forbidden: Set<[UInt8]> = [
    Array("security.selinux".utf8), Array("system.nfs4_acl".utf8),
  ]

  /// Replaces all attributes of a file, and records what an mtree says of them.
  func setAttributes(
    _ file: FileHandle, _ attributes: [ExtendedAttribute], hasOld: Bool,
    _ record: inout FileRecord
  ) throws {
    record.flags.insert(.hasAttributes)
    switch file {
    case .open(let descriptor):
      try replace(AttributePlace(descriptor: descriptor, link: nil), attributes, hasOld: hasOld)
      try recordAttributes(descriptor, &record)
    case .named(let parent, let name) where record.kind == .directory:
      let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | clinux_O_NOFOLLOW
      let directory = try cache.descriptor(of: parent)
      let descriptor = terminated(name) { clinux_openat(directory, $0, flags, 0) }
      guard descriptor >= 0 else { throw SyscallError.last("openat", path(parent, name)) }
      let opened = OpenFile(descriptor: descriptor, path: "")
      try setAttributes(.open(opened.descriptor), attributes, hasOld: hasOld, &record)
    case .named(let parent, let name):
      // Symbolic links, fifos and devices cannot be opened for this: their directory is named by
      // its descriptor, and the l-calls do not follow the last component.
      let prefix = "/proc/self/fd/\(try cache.descriptor(of: parent))/"
      let link = prefix.utf8.map { CChar(bitPattern: $0) } + name.map { CChar(bitPattern: $0) }
      try replace(AttributePlace(descriptor: -1, link: link + [0]), attributes, hasOld: hasOld)
    }
  }

  private func replace(
    _ place: AttributePlace, _ attributes: [ExtendedAttribute], hasOld: Bool
  ) throws(SyscallError) {
    if hasOld {
      for name in place.names() ?? [] where !Self.forbidden.contains(name) {
        if !attributes.contains(where: { $0.name == name }) { removeQuietly(place, name) }
      }
    }
    for attribute in attributes {
      if Self.forbidden.contains(attribute.name) {
        if place.value(of: attribute.name) != attribute.value {
          warn(.forbiddenAttribute(name: attribute.name))
        }
        continue
      }
      try set(place, attribute)
    }
  }

  private func removeQuietly(_ place: AttributePlace, _ name: [UInt8]) {
    // What may not be removed stays, as with umoci.
    _ = try? FailPoint("extract.attribute").perform("removexattr", on: root.path) {
      place.remove(name)
    }
  }

  private func set(
    _ place: AttributePlace, _ attribute: ExtendedAttribute
  ) throws(SyscallError) {
    do throws(SyscallError) {
      try FailPoint("extract.attribute").perform("setxattr", on: root.path) {
        place.set(attribute)
      }
    } catch  where error.code == EPERM && (isRootless || process.isInUserNamespace) {
      warn(.attributeNotPermitted(name: attribute.name))
    } catch  where error.code == EOPNOTSUPP {
      warn(.attributesNotSupported)
    }
  }

  /// Records the attributes that the file has now, in the form and within the bounds of gomtree.
  private func recordAttributes(_ descriptor: Int32, _ record: inout FileRecord) throws {
    // An access control list is part of the mode.
    var status = stat()
    if fstat(descriptor, &status) == 0, process.isPrivileged {
      record.permissions = UInt16(truncatingIfNeeded: status.st_mode) & 0o7777
    }
    let place = AttributePlace(descriptor: descriptor, link: nil)
    var found: [ExtendedAttribute] = []
    for name in place.names(limit: 1024) ?? [] {
      guard let value = place.value(of: name, limit: 1024) else {
        found.removeAll()
        break
      }
      found.append(ExtendedAttribute(name: name, value: value))
    }
    record.text = try ExtendedAttribute.encode(found).bytes { bytes throws(SyscallError) in
      try tree.keep(bytes)
    }
  }
}

/// Where attributes are read and written: an open file, or a path whose end is not followed.
private struct AttributePlace {
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
