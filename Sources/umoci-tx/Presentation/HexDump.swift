/// Bytes as lines of 16, in hexadecimal and as text.
enum HexDump {
  /// The most bytes that are shown.
  static let limit = 256

  /// The lines: offset, pairs of bytes, and the characters, of which all but ASCII's are dots.
  static func lines(_ bytes: [UInt8]) -> [String] {
    let shown = min(bytes.count, limit)
    var lines = stride(from: 0, to: shown, by: 16).map { start in
      line(bytes[start..<min(start + 16, shown)], at: start)
    }
    if bytes.count > shown { lines.append("....  (extra \(bytes.count - shown) bytes omitted)") }
    return lines
  }

  private static func line(_ bytes: ArraySlice<UInt8>, at offset: Int) -> String {
    var digits = ""
    for (number, byte) in bytes.enumerated() {
      if number > 0, number.isMultiple(of: 2) { digits += " " }
      digits += hex(Int(byte), 2)
    }
    digits += String(repeating: " ", count: max(0, 39 - digits.utf8.count))
    let text = bytes.map { (0x20..<0x7f).contains($0) ? String(Unicode.Scalar($0)) : "." }
    return "\(hex(offset, 4)): \(digits)  \(text.joined())"
  }

  private static func hex(_ value: Int, _ width: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}
