/// Paths of any bytes as text.
///
/// A path is bytes, and need not be UTF-8. In a text each byte that is not becomes a scalar of its own from
/// the end of the last private plane, U+10FF80 to U+10FFFF, and these become bytes again where the path is
/// used. Such scalars in a path are written in the same way, byte by byte, so that nothing is lost.
extension String {
  private static let foreignBytes: ClosedRange<UInt32> = 0x10ff80...0x10ffff

  /// The text of a path.
  package init(pathBytes bytes: [UInt8]) {
    self = ""
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var start = 0
    while start < bytes.count {
      switch parser.parseScalar(from: &iterator) {
      case .valid(let encoded):
        let scalar = Unicode.UTF8.decode(encoded)
        if Self.foreignBytes.contains(scalar.value) {
          append(foreign: bytes[start..<start + encoded.count])
        } else {
          unicodeScalars.append(scalar)
        }
        start += encoded.count
      case .error(let length):
        append(foreign: bytes[start..<start + length])
        start += length
      case .emptyInput: return
      }
    }
  }

  private mutating func append(foreign bytes: ArraySlice<UInt8>) {
    for byte in bytes {
      // Only what is not ASCII is ever no UTF-8.
      if let scalar = Unicode.Scalar(0x10ff00 + UInt32(byte)) { unicodeScalars.append(scalar) }
    }
  }

  /// The byte that a scalar of a path's text stands for; nil when it stands for itself.
  package static func foreignByte(_ scalar: Unicode.Scalar) -> UInt8? {
    foreignBytes.contains(scalar.value) ? UInt8(truncatingIfNeeded: scalar.value) : nil
  }

  /// The bytes of the path that this is the text of.
  package var pathBytes: [UInt8] {
    var bytes: [UInt8] = []
    for scalar in unicodeScalars {
      if let byte = Self.foreignByte(scalar) {
        bytes.append(byte)
      } else {
        bytes += Array(String(scalar).utf8)
      }
    }
    return bytes
  }

  /// Calls `body` with the bytes of the path that this is the text of, and a NUL after them.
  package func withPath<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    // The first byte of all the scalars that mean something else.
    utf8.contains(0xf4) ? pathBytes.withCName(body) : withCString(body)
  }
}
