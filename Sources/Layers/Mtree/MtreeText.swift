internal import Store

/// How mtree files spell numbers and bytes.
extension [UInt8] {
  /// Appends a number in decimal.
  mutating func append(decimal number: Int64) {
    if number < 0 { append(UInt8(ascii: "-")) }
    append(number.magnitude, radix: 10)
  }

  private mutating func append(_ number: UInt64, radix: UInt64) {
    let start = count
    var rest = number
    repeat {
      append(UInt8(ascii: "0") + UInt8(rest % radix))
      rest /= radix
    } while rest > 0
    self[start...].reverse()
  }

  /// Appends permission bits in octal, with a leading zero that zero itself does without.
  mutating func append(mode: UInt32) {
    append(UInt8(ascii: "0"))
    guard mode != 0 else { return }
    append(UInt64(mode), radix: 8)
  }

  /// Appends a time as seconds and nine digits of nanoseconds.
  mutating func append(time: FileTime) {
    append(decimal: time.seconds)
    append(UInt8(ascii: "."))
    var scale: Int64 = 100_000_000
    while scale > 0 {
      append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: time.nanoseconds / scale % 10))
      scale /= 10
    }
  }

  /// Appends bytes in standard base64 with padding (RFC 4648 §4).
  mutating func append(base64 bytes: [UInt8]) {
    let alphabet = Array(
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<Swift.min(start + 3, bytes.count)]
      var bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      bits <<= UInt32(3 - group.count) * 8
      for place in 0..<4 {
        let index = Int(bits >> (18 - UInt32(place) * 6) & 63)
        append(place <= group.count ? alphabet[index] : UInt8(ascii: "="))
      }
    }
  }

  /// Appends bytes in lower-case hexadecimal.
  mutating func append(hexadecimal bytes: UnsafeRawBufferPointer) {
    func digit(_ value: UInt8) -> UInt8 {
      value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
    }
    for byte in bytes {
      append(digit(byte >> 4))
      append(digit(byte & 15))
    }
  }

  /// The bytes in lower-case hexadecimal.
  var hexadecimal: [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(count * 2)
    withUnsafeBytes { text.append(hexadecimal: $0) }
    return text
  }
}
