import CZlib

/// A gzip member with every part that RFC 1952 knows, right or wrong.
struct GzipMember {
  var magic: [UInt8] = [0x1f, 0x8b]
  var method: UInt8 = 8
  /// Further flags than those of the parts below.
  var extraFlags: UInt8 = 0
  var extra: [UInt8]?
  var name: [UInt8]?
  var comment: [UInt8]?
  var hasHeaderChecksum = false
  /// What is added to the right values.
  var headerChecksumError: UInt16 = 0
  var checksumError: UInt32 = 0
  var sizeError: UInt32 = 0
  var content: [UInt8]

  init(_ content: [UInt8]) {
    self.content = content
  }

  /// Every combination of the optional parts.
  static func variants(of content: [UInt8]) -> [GzipMember] {
    (0..<16).map { bits in
      var member = GzipMember(content)
      if bits & 1 != 0 { member.extra = Array("ab\u{3}\0xyz".utf8) }
      if bits & 2 != 0 { member.name = Array("layer.tar".utf8) }
      if bits & 4 != 0 { member.comment = Array("made for a test".utf8) }
      member.hasHeaderChecksum = bits & 8 != 0
      return member
    }
  }

  var header: [UInt8] {
    var flags = extraFlags
    if hasHeaderChecksum { flags |= 2 }
    if extra != nil { flags |= 4 }
    if name != nil { flags |= 8 }
    if comment != nil { flags |= 16 }
    var bytes = magic + [method, flags, 1, 2, 3, 4, 0, 255]
    if let extra { bytes += little(UInt16(extra.count)) + extra }
    if let name { bytes += name + [0] }
    if let comment { bytes += comment + [0] }
    if hasHeaderChecksum {
      bytes += little(UInt16(truncatingIfNeeded: Self.checksum(bytes)) &+ headerChecksumError)
    }
    return bytes
  }

  /// The compressed content without header and trailer.
  var data: [UInt8] { Array(Compressor.gzip(content).dropFirst(10).dropLast(8)) }

  var bytes: [UInt8] {
    header + data + little(Self.checksum(content) &+ checksumError)
      + little(UInt32(truncatingIfNeeded: content.count) &+ sizeError)
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    UInt32(crc32(0, bytes, UInt32(bytes.count)))
  }

  private func little(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }
}
