/// The shape of a stat cache; docs/on-disk-format.md describes it.
enum StatCacheFormat {
  /// The first bytes, with the version in them.
  static let magic = Array("umoci-tx stat 01".utf8)
  /// How many bytes of the magic are the same in every version.
  static let nameLength = 14
  /// The magic and the device.
  static let headerSize = 24
  /// The digest of the mtree file and that of everything before it, 32 bytes each.
  static let trailerSize = 64
  /// The largest file that is read, in bytes.
  static let maximumSize: Int64 = 1 << 31
}

extension [UInt8] {
  /// Appends an integer, the least significant byte first.
  mutating func append(little number: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }

  /// Appends bytes after their number in 32 bits.
  mutating func append(counted bytes: [UInt8]) {
    append(little: UInt32(truncatingIfNeeded: bytes.count))
    append(contentsOf: bytes)
  }
}

/// Reads integers and byte strings one after the other, never beyond the end.
struct LittleEndianReader {
  let bytes: [UInt8]
  private(set) var position = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func integer<Number: FixedWidthInteger>(
    _ type: Number.Type = Number.self
  ) throws(StatCacheError) -> Number {
    let range = try skip(MemoryLayout<Number>.size)
    return Number(
      littleEndian: bytes.withUnsafeBytes {
        $0.loadUnaligned(fromByteOffset: range.lowerBound, as: Number.self)
      })
  }

  /// Where the next bytes lie.
  mutating func skip(_ count: Int) throws(StatCacheError) -> Range<Int> {
    guard count >= 0, count <= bytes.count - position else { throw .damaged }
    defer { position += count }
    return position..<position + count
  }

  /// Where the next bytes lie whose number comes first.
  mutating func counted() throws(StatCacheError) -> Range<Int> {
    try skip(Int(integer(UInt32.self)))
  }
}
