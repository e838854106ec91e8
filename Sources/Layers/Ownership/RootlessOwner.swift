public import Store

/// The owner that a file should have, kept in an extended attribute because its unpacker may not
/// give files away.
///
/// The value is the protobuf message `Resource` of the rootless-containers convention: field 1 is
/// the user id, field 2 the group id, each a varint of 32 bits (umoci-behaviour §4.7).
public struct RootlessOwner: Equatable, Hashable, Sendable {
  /// The name of the extended attribute.
  public static let attributeName = Array("user.rootlesscontainers".utf8)

  /// The number that stands for "no override" in the message.
  private static let noOverride = UInt32.max

  /// The user id in the container; nil means that the attribute does not say, so root.
  public let userID: UInt32?
  /// The group id in the container; nil means that the attribute does not say, so root.
  public let groupID: UInt32?

  /// The owner to record for a file that belongs to these ids in the container.
  ///
  /// - Returns: Nil for root's own files, which carry no attribute.
  public init?(userID: UInt32, groupID: UInt32) {
    guard userID != 0 || groupID != 0 else { return nil }
    self.userID = userID == 0 || userID == Self.noOverride ? nil : userID
    self.groupID = groupID == 0 || groupID == Self.noOverride ? nil : groupID
  }

  /// Reads an attribute's value.
  ///
  /// As protobuf rules it, a missing field is 0, the last one of several counts, ids are cut to 32
  /// bits, and fields of other numbers or types are passed over.
  ///
  /// - Throws: ``MalformedRootlessOwner`` when the bytes are no protobuf message.
  public init(decoding bytes: [UInt8]) throws(MalformedRootlessOwner) {
    var reader = MessageReader(bytes: bytes[...])
    var user: UInt32 = 0
    var group: UInt32 = 0
    while let field = try reader.next() {
      guard let value = field.varint else { continue }
      switch field.number {
      case 1: user = UInt32(truncatingIfNeeded: value)
      case 2: group = UInt32(truncatingIfNeeded: value)
      default: break
      }
    }
    userID = user == Self.noOverride ? nil : user
    groupID = group == Self.noOverride ? nil : group
  }

  /// The attribute's value, with both fields always present.
  public var encoded: [UInt8] {
    [0x08] + Self.varint(userID ?? Self.noOverride)
      + [0x10] + Self.varint(groupID ?? Self.noOverride)
  }

  private static func varint(_ number: UInt32) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = number
    while rest > 0x7f {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }
}

/// The value of a `user.rootlesscontainers` attribute that is no protobuf message.
public struct MalformedRootlessOwner: DiagnosableError, Equatable, Sendable {
  /// It is not of our making.
  public var category: FailureCategory { .invalidContent }
  /// There is no deeper cause.
  public var causes: [String] { [] }
  /// What the user can do about it.
  public var remedy: Remedy? { "remove the attribute from the file with `setfattr -x`" }
  /// The failure in one line, without the file's name.
  public var description: String {
    "the attribute user.rootlesscontainers is not a protobuf message of two ids"
  }
}

/// Takes a protobuf message apart, field by field.
private struct MessageReader {
  struct Field {
    let number: UInt64
    /// The value when it is a varint; other types are passed over.
    let varint: UInt64?
  }

  var bytes: ArraySlice<UInt8>

  mutating func next() throws(MalformedRootlessOwner) -> Field? {
    guard !bytes.isEmpty else { return nil }
    let tag = try varint()
    guard tag >> 3 != 0, tag >> 3 < 1 << 29 else { throw MalformedRootlessOwner() }
    switch tag & 7 {
    case 0: return Field(number: tag >> 3, varint: try varint())
    case 1: try skip(8)
    case 2: try skip(try varint())
    case 5: try skip(4)
    default: throw MalformedRootlessOwner()
    }
    return Field(number: tag >> 3, varint: nil)
  }

  private mutating func varint() throws(MalformedRootlessOwner) -> UInt64 {
    var value: UInt64 = 0
    for index: UInt64 in 0..<10 {
      guard let byte = bytes.popFirst(), index < 9 || byte <= 1 else { break }
      value |= UInt64(byte & 0x7f) << (7 * index)
      if byte & 0x80 == 0 { return value }
    }
    throw MalformedRootlessOwner()
  }

  private mutating func skip(_ count: UInt64) throws(MalformedRootlessOwner) {
    guard count <= UInt64(bytes.count) else { throw MalformedRootlessOwner() }
    bytes.removeFirst(Int(count))
  }
}
