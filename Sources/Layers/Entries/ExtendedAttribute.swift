/// One extended attribute, xattr(7): any bytes but NUL in the name, any bytes in the value.
public struct ExtendedAttribute: Equatable, Hashable, Sendable {
  /// The whole name with its namespace, for example `security.capability`.
  public var name: [UInt8]
  /// The value as stored.
  public var value: [UInt8]

  /// Names an attribute and its value.
  public init(name: [UInt8], value: [UInt8]) {
    self.name = name
    self.value = value
  }

  /// Attributes as one string: for each one two 32-bit lengths, then the name and the value.
  static func encode(_ attributes: [ExtendedAttribute]) -> [UInt8] {
    var bytes: [UInt8] = []
    for attribute in attributes {
      for count in [attribute.name.count, attribute.value.count] {
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: count)) { bytes.append(contentsOf: $0) }
      }
      bytes.append(contentsOf: attribute.name)
      bytes.append(contentsOf: attribute.value)
    }
    return bytes
  }

  /// The reverse of ``encode(_:)``.
  static func decode(_ bytes: UnsafeRawBufferPointer) -> [ExtendedAttribute] {
    var attributes: [ExtendedAttribute] = []
    var rest = bytes[...]
    while rest.count >= 8 {
      let lengths = UnsafeRawBufferPointer(rebasing: rest.prefix(8))
      let nameCount = Int(lengths.loadUnaligned(as: UInt32.self))
      let valueCount = Int(lengths.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
      rest = rest.dropFirst(8)
      let name = Array(rest.prefix(nameCount))
      rest = rest.dropFirst(nameCount)
      attributes.append(ExtendedAttribute(name: name, value: Array(rest.prefix(valueCount))))
      rest = rest.dropFirst(valueCount)
    }
    return attributes
  }
}
