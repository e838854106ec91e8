internal import Store

/// How an extended attribute stands in a pax record.
///
/// Everybody reads `SCHILY.xattr.NAME`, whose value is the bytes. A name with an equals sign cannot be
/// told from its value there; libarchive's `LIBARCHIVE.xattr.NAME`, whose name is escaped as in a URL
/// and whose value is base64, holds any.
extension ExtendedAttribute {
  private static let plainPrefix = Array("SCHILY.xattr.".utf8)
  private static let escapedPrefix = Array("LIBARCHIVE.xattr.".utf8)

  /// What a record says; nil when it speaks of something else.
  init?(_ keyword: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) {
    if keyword.starts(with: Self.plainPrefix) {
      self.init(name: Array(keyword.dropFirst(Self.plainPrefix.count)), value: Array(value))
    } else if keyword.starts(with: Self.escapedPrefix) {
      guard let name = Self.unescape(keyword.dropFirst(Self.escapedPrefix.count)),
        let value = Self.decodeBase64(value)
      else { return nil }
      self.init(name: name, value: value)
    } else {
      return nil
    }
    guard !name.isEmpty else { return nil }
  }

  /// Undoes `%` and two hexadecimal digits.
  private static func unescape(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    var name: [UInt8] = []
    var rest = text
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let high = rest[rest.startIndex].hexDigit, let low = rest[rest.startIndex + 1].hexDigit
      {
        name.append(high << 4 | low)
        rest = rest.dropFirst(2)
      } else {
        name.append(byte)
      }
    }
    return name.contains(0) ? nil : name
  }

  /// Undoes base64, with or without its padding.
  private static func decodeBase64(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    let digits = text.prefix { $0 != UInt8(ascii: "=") }
    let padding = String(repeating: "=", count: (4 - digits.count % 4) % 4)
    return Base64.decode(String(decoding: digits, as: UTF8.self) + padding)
  }

  /// The record that holds it.
  var paxRecord: (keyword: [UInt8], value: [UInt8]) {
    guard name.contains(UInt8(ascii: "=")) else { return (Self.plainPrefix + name, value) }
    return (Self.escapedPrefix + Self.escape(name), Array(Base64.encode(value).utf8))
  }

  private static func escape(_ name: [UInt8]) -> [UInt8] {
    name.flatMap { byte -> [UInt8] in
      let isPlain =
        (0x21...0x7e).contains(byte) && byte != UInt8(ascii: "%") && byte != UInt8(ascii: "=")
      let digits = Array("0123456789ABCDEF".utf8)
      return isPlain ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
  }
}
