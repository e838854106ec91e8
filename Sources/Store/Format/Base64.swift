/// Base64 with padding (RFC 4648, section 4), as `data` of descriptors and xattrs in mtree files have it.
package enum Base64 {
  /// The bytes that `text` spells; nil if it is not strictly base64 with padding.
  package static func decode(_ text: String) -> [UInt8]? {
    let input = Array(text.utf8)
    if input.count % 4 != 0 { return nil }
    var output: [UInt8] = []
    output.reserveCapacity(input.count / 4 * 3)
    for start in stride(from: 0, to: input.count, by: 4) {
      let padding = start + 4 == input.count ? paddingLength(of: input) : 0
      var group: UInt32 = 0
      for offset in 0..<4 {
        guard let digit = offset < 4 - padding ? value(of: input[start + offset]) : 0 else {
          return nil
        }
        group = group << 6 | digit
      }
      let unused: UInt32 = padding == 0 ? 0 : (1 << (UInt32(padding) * 8)) - 1
      if group & unused != 0 { return nil }
      for byte in 0..<(3 - padding) {
        output.append(UInt8(truncatingIfNeeded: group >> (16 - 8 * UInt32(byte))))
      }
    }
    return output
  }

  /// The spelling of bytes.
  package static func encode(_ bytes: [UInt8]) -> String {
    let digits = Array(
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var output: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let length = min(3, bytes.count - start)
      var group: UInt32 = 0
      for offset in 0..<3 {
        group = group << 8 | (offset < length ? UInt32(bytes[start + offset]) : 0)
      }
      for digit in 0..<4 {
        let value = Int(group >> (18 - 6 * UInt32(digit)) & 63)
        output.append(digit <= length ? digits[value] : UInt8(ascii: "="))
      }
    }
    return String(decoding: output, as: UTF8.self)
  }

  private static func paddingLength(of input: [UInt8]) -> Int {
    let equals = UInt8(ascii: "=")
    if input[input.count - 1] != equals { return 0 }
    return input[input.count - 2] == equals ? 2 : 1
  }

  private static func value(of byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte) - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte) - 97 + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte) - 48 + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
