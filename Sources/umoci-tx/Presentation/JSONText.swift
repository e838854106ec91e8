/// JSON as it leaves the program.
enum JSONText {
  /// The same document with DEL and the C1 controls inside of its strings as `\u00xx`.
  static func terminalSafe(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte == 0x7f {
        result.append(contentsOf: "\\u007f".utf8)
      } else if byte == 0xc2, index + 1 < bytes.count, (0x80..<0xa0).contains(bytes[index + 1]) {
        index += 1
        result.append(contentsOf: "\\u00\(String(bytes[index], radix: 16))".utf8)
      } else {
        result.append(byte)
      }
      index += 1
    }
    return result
  }
}
