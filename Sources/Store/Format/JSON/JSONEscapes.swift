/// The escapes inside JSON strings: resolving those that were read, writing those that Go writes.
enum JSONEscapes {
  static func hexValue(_ byte: UInt8) -> UInt32? { byte.hexDigit.map(UInt32.init) }

  /// The UTF-8 of a checked string content; a lone surrogate becomes U+FFFD.
  static func resolved(_ raw: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(raw.count)
    var index = 0
    while index < raw.count {
      if raw[index] != UInt8(ascii: "\\") {
        output.append(raw[index])
        index += 1
      } else if index + 1 < raw.count && raw[index + 1] == UInt8(ascii: "u") {
        let scalar = unicodeEscape(in: raw, at: &index)
        output.append(contentsOf: String(Character(scalar)).utf8)
      } else {
        output.append(index + 1 < raw.count ? control(for: raw[index + 1]) : raw[index])
        index += 2
      }
    }
    return output
  }

  private static func control(for letter: UInt8) -> UInt8 {
    switch letter {
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0c
    case UInt8(ascii: "n"): 0x0a
    case UInt8(ascii: "r"): 0x0d
    case UInt8(ascii: "t"): 0x09
    default: letter
    }
  }

  private static func unicodeEscape(
    in raw: UnsafeBufferPointer<UInt8>, at index: inout Int
  ) -> Unicode.Scalar {
    let first = codeUnit(in: raw, at: index) ?? 0xfffd
    index += 6
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xdc00, let second = codeUnit(in: raw, at: index),
      second >= 0xdc00, second <= 0xdfff
    else { return "\u{fffd}" }
    index += 6
    return Unicode.Scalar(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)) ?? "\u{fffd}"
  }

  private static func codeUnit(in raw: UnsafeBufferPointer<UInt8>, at index: Int) -> UInt32? {
    guard index + 6 <= raw.count, raw[index] == UInt8(ascii: "\\"),
      raw[index + 1] == UInt8(ascii: "u")
    else { return nil }
    var unit: UInt32 = 0
    for offset in 2..<6 {
      guard let digit = hexValue(raw[index + offset]) else { return nil }
      unit = unit << 4 | digit
    }
    return unit
  }

  /// Which characters besides the mandatory ones are written as escapes.
  enum Style {
    /// As Go's encoder does: also `<`, `>`, `&`, U+2028 and U+2029.
    case compatible
    /// As RFC 8785 says: only what must be.
    case canonical
  }

  /// Appends a quoted string.
  static func append(_ text: String, style: Style, to output: inout [UInt8]) {
    var text = text
    text.withUTF8 { bytes in
      output.append(UInt8(ascii: "\""))
      var pending = 0
      var index = 0
      while index < bytes.count {
        if let (escape, length) = escape(in: bytes, at: index, style: style) {
          output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[pending..<index]))
          output.append(contentsOf: escape)
          index += length
          pending = index
        } else {
          index += 1
        }
      }
      output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[pending...]))
      output.append(UInt8(ascii: "\""))
    }
  }

  /// Appends a spelt string; only what Go escapes and JSON need not be escaped is replaced.
  static func append(raw string: [UInt8], to output: inout [UInt8]) {
    string.withUnsafeBufferPointer { bytes in
      var index = 0
      while index < bytes.count {
        let isMandatory = bytes[index] < 0x23 || bytes[index] == UInt8(ascii: "\\")
        if !isMandatory, let (escape, length) = escape(in: bytes, at: index, style: .compatible) {
          output.append(contentsOf: escape)
          index += length
        } else {
          output.append(bytes[index])
          index += 1
        }
      }
    }
  }

  /// The escape for the character at `index`, if it needs one, and the length of what it stands for.
  private static func escape(
    in bytes: UnsafeBufferPointer<UInt8>, at index: Int, style: Style
  ) -> (escape: [UInt8], length: Int)? {
    let byte = bytes[index]
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): return ([UInt8(ascii: "\\"), byte], 1)
    case 0x08: return (Array("\\b".utf8), 1)
    case 0x09: return (Array("\\t".utf8), 1)
    case 0x0a: return (Array("\\n".utf8), 1)
    case 0x0c: return (Array("\\f".utf8), 1)
    case 0x0d: return (Array("\\r".utf8), 1)
    case ..<0x20: return (unicodeEscape(for: byte), 1)
    case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"):
      return style == .compatible ? (unicodeEscape(for: byte), 1) : nil
    case 0xe2:
      guard style == .compatible, index + 2 < bytes.count, bytes[index + 1] == 0x80,
        bytes[index + 2] == 0xa8 || bytes[index + 2] == 0xa9
      else { return nil }
      return (Array(bytes[index + 2] == 0xa8 ? "\\u2028".utf8 : "\\u2029".utf8), 3)
    default: return nil
    }
  }

  private static func unicodeEscape(for byte: UInt8) -> [UInt8] {
    let digits = Array("0123456789abcdef".utf8)
    return Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
  }
}
