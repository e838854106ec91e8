internal import Store

/// The spelling of file names in mtree files: vis(3) with white space, glob characters and
/// everything that is not ASCII as octal numbers (umoci-behaviour §2.3).
///
/// Names are bytes: Linux has no other rule than "no NUL, no slash".
package enum MtreeName {
  /// The spelling of a name, which holds printable ASCII only, and neither blanks nor `#`.
  package static func encode(_ name: some Sequence<UInt8>) -> [UInt8] {
    var encoded: [UInt8] = []
    encode(name, onto: &encoded)
    return encoded
  }

  /// Appends the spelling of a name.
  package static func encode(_ name: some Sequence<UInt8>, onto encoded: inout [UInt8]) {
    for byte in name {
      switch byte {
      case UInt8(ascii: "\\"):
        encoded.append(contentsOf: [byte, byte])
      case 0...0x20, 0x7f..., UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "["),
        UInt8(ascii: "#"):
        encoded.append(UInt8(ascii: "\\"))
        for shift: UInt8 in [6, 3, 0] { encoded.append(UInt8(ascii: "0") + (byte >> shift) & 7) }
      default:
        encoded.append(byte)
      }
    }
  }

  /// Reads a spelling, with every escape that unvis(3) knows.
  ///
  /// - Returns: The name, or nil when an escape is cut short or is none.
  package static func decode(_ encoded: some Collection<UInt8>) -> [UInt8]? {
    var name: [UInt8] = []
    name.reserveCapacity(encoded.count)
    var escape = EscapeReader(rest: Array(encoded)[...])
    while let byte = escape.rest.popFirst() {
      guard byte == UInt8(ascii: "\\") else {
        name.append(byte)
        continue
      }
      guard let meaning = escape.next() else { return nil }
      name.append(contentsOf: meaning)
    }
    return name
  }
}

/// Reads what follows a backslash.
private struct EscapeReader {
  var rest: ArraySlice<UInt8>

  /// The bytes that the escape stands for: one or none; nil when it is malformed.
  mutating func next() -> [UInt8]? {
    guard let kind = rest.popFirst() else { return nil }
    if let simple = Self.simple[kind] { return simple }
    switch kind {
    case UInt8(ascii: "0")...UInt8(ascii: "7"): return octal(from: kind)
    case UInt8(ascii: "x"): return hexadecimal()
    case UInt8(ascii: "^"): return control(0)
    case UInt8(ascii: "M"): return meta()
    default: return nil
    }
  }

  private static let simple: [UInt8: [UInt8]] = [
    UInt8(ascii: "\\"): [UInt8(ascii: "\\")],
    UInt8(ascii: "a"): [0x07],
    UInt8(ascii: "b"): [0x08],
    UInt8(ascii: "f"): [0x0c],
    UInt8(ascii: "n"): [0x0a],
    UInt8(ascii: "r"): [0x0d],
    UInt8(ascii: "s"): [0x20],
    UInt8(ascii: "t"): [0x09],
    UInt8(ascii: "v"): [0x0b],
    UInt8(ascii: "$"): [],
    0x0a: [],
  ]

  private mutating func octal(from first: UInt8) -> [UInt8]? {
    var value = UInt16(first - UInt8(ascii: "0"))
    for _ in 0..<2 {
      guard let digit = rest.first, UInt8(ascii: "0")...UInt8(ascii: "7") ~= digit else { break }
      value = value << 3 | UInt16(digit - UInt8(ascii: "0"))
      rest.removeFirst()
    }
    return UInt8(exactly: value).map { [$0] }
  }

  private mutating func hexadecimal() -> [UInt8]? {
    guard let high = rest.popFirst()?.hexDigit, let low = rest.popFirst(),
      let low = low.hexDigit
    else { return nil }
    return [high << 4 | low]
  }

  private mutating func control(_ mask: UInt8) -> [UInt8]? {
    guard let byte = rest.popFirst() else { return nil }
    return [mask | (byte == UInt8(ascii: "?") ? 0x7f : byte & 0x1f)]
  }

  private mutating func meta() -> [UInt8]? {
    switch rest.popFirst() {
    case UInt8(ascii: "-"): return rest.popFirst().map { [$0 | 0x80] }
    case UInt8(ascii: "^"): return control(0x80)
    default: return nil
    }
  }
}
