internal import CDeflate

/// Reads the header of a gzip member that arrives in pieces (RFC 1952 §2.3).
///
/// Nothing of it is kept: name, comment and extra field mean nothing to a layer, however long they are.
struct GzipHeader {
  private enum Part: Int {
    case fixed
    case extraLength
    case extra
    case name
    case comment
    case checksum
    case end
  }

  private struct Flags: OptionSet {
    let rawValue: UInt8

    static var checksum: Flags { Flags(rawValue: 2) }
    static var extra: Flags { Flags(rawValue: 4) }
    static var name: Flags { Flags(rawValue: 8) }
    static var comment: Flags { Flags(rawValue: 16) }
    static var reserved: Flags { Flags(rawValue: 0xe0) }
  }

  /// The first byte of every member.
  static let firstByte: UInt8 = 0x1f

  private var part = Part.fixed
  /// How many bytes of the part were read.
  private var position = 0
  private var flags: Flags = []
  private var extraLength = 0
  private var actualChecksum: UInt32 = 0
  private var storedChecksum: UInt32 = 0

  /// Whether the compressed data come next.
  var isComplete: Bool { part == .end }

  /// Reads on.
  ///
  /// - Returns: How many bytes belong to the header.
  /// - Throws: ``CompressionError/corrupt(_:reason:)``.
  mutating func read(_ input: UnsafeRawBufferPointer) throws(CompressionError) -> Int {
    var count = 0
    while part != .checksum, part != .end, count < input.count {
      try take(input[count])
      count += 1
    }
    // Of no bytes at all the library would make a new beginning.
    if count > 0, flags.contains(.checksum) || part == .fixed {
      actualChecksum = libdeflate_crc32(actualChecksum, input.baseAddress, count)
    }
    while part == .checksum, count < input.count {
      try take(input[count])
      count += 1
    }
    return count
  }

  private mutating func take(_ byte: UInt8) throws(CompressionError) {
    let index = position
    position += 1
    switch part {
    case .fixed: try takeFixed(byte, at: index)
    case .extraLength:
      extraLength |= Int(byte) << (8 * index)
      if index == 1 { extraLength == 0 ? goOn(after: .extra) : begin(.extra) }
    case .extra: if position == extraLength { goOn(after: .extra) }
    case .name: if byte == 0 { goOn(after: .name) }
    case .comment: if byte == 0 { goOn(after: .comment) }
    case .checksum:
      storedChecksum |= UInt32(byte) << (8 * UInt32(index))
      if index == 1 { try compareChecksums() }
    case .end: break
    }
  }

  private mutating func takeFixed(_ byte: UInt8, at index: Int) throws(CompressionError) {
    switch index {
    case 0 where byte != Self.firstByte, 1 where byte != 0x8b:
      throw .corrupt(.gzip, reason: "incorrect header check")
    case 2 where byte != 8: throw .corrupt(.gzip, reason: "unknown compression method")
    case 3:
      flags = Flags(rawValue: byte)
      guard flags.isDisjoint(with: .reserved) else {
        throw .corrupt(.gzip, reason: "unknown header flags set")
      }
    // Then come the time, the compressor's own flags, and its system.
    case 9: goOn(after: .fixed)
    default: break
    }
  }

  private mutating func compareChecksums() throws(CompressionError) {
    guard storedChecksum == actualChecksum & 0xffff else {
      throw .corrupt(.gzip, reason: "header crc mismatch")
    }
    goOn(after: .checksum)
  }

  private mutating func begin(_ next: Part) {
    part = next
    position = 0
  }

  /// Goes on to the next part that the member has.
  private mutating func goOn(after last: Part) {
    let optional: [(Part, Flags)] = [
      (.extraLength, .extra), (.name, .name), (.comment, .comment), (.checksum, .checksum),
    ]
    begin(optional.first { $0.0.rawValue > last.rawValue && flags.contains($0.1) }?.0 ?? .end)
  }
}
