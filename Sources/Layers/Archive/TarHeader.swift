/// One block of an archive read as a header: v7, ustar (POSIX.1-2017, pax §ustar interchange format),
/// star and GNU, as Go's archive/tar and GNU tar read it.
struct TarHeader {
  /// Who wrote it, which says what lies behind the first 257 bytes.
  private enum Dialect {
    case v7
    case ustar
    case star
    case gnu
  }

  private let bytes: UnsafeRawBufferPointer
  private let dialect: Dialect

  /// Reads a block, which must outlive the header.
  ///
  /// - Throws: ``ArchiveError`` when its sum is wrong: it is no header.
  init(_ block: UnsafeRawBufferPointer) throws(ArchiveError) {
    bytes = block
    dialect = Self.dialect(of: block)
    let sum = try number(148..<156, "checksum")
    guard sum == Self.sum(block) || sum == Self.signedSum(block) else {
      throw .damaged(reason: "the check sum of a header is wrong")
    }
  }

  /// Takes a block that is no header, for the numbers in it.
  init(unchecked block: UnsafeRawBufferPointer) {
    bytes = block
    dialect = .gnu
  }

  private static func dialect(of block: UnsafeRawBufferPointer) -> Dialect {
    switch block[257..<265] {
    case let magic where magic.elementsEqual("ustar\u{0}00".utf8):
      return block[508..<512].elementsEqual("tar\u{0}".utf8) ? .star : .ustar
    case let magic where magic.elementsEqual("ustar  \u{0}".utf8): return .gnu
    default: return .v7
    }
  }

  /// The sum of all bytes, where those of the sum itself count as blanks.
  private static func sum(_ block: UnsafeRawBufferPointer) -> Int64 {
    var sum = 0
    for byte in block { sum &+= Int(byte) }
    for byte in block[148..<156] { sum &-= Int(byte) }
    return Int64(sum + 8 * 0x20)
  }

  /// The same of bytes with a sign, as some old tools computed it.
  private static func signedSum(_ block: UnsafeRawBufferPointer) -> Int64 {
    sum(block) - 256 * Int64(block.count { $0 >= 0x80 })
      + 256 * Int64(block[148..<156].count { $0 >= 0x80 })
  }

  // MARK: fields

  /// What kind of entry it is.
  var type: UInt8 { bytes[156] }

  /// Appends the name, with its prefix.
  func appendName(to name: inout [UInt8]) {
    let prefix: Slice<UnsafeRawBufferPointer>? =
      switch dialect {
      case .ustar: text(345..<500)
      case .star: text(345..<476)
      case .gnu, .v7: nil
      }
    if let prefix, !prefix.isEmpty {
      name.append(contentsOf: prefix)
      name.append(UInt8(ascii: "/"))
    }
    name.append(contentsOf: text(0..<100))
  }

  /// The target of a link.
  var linkTarget: Slice<UnsafeRawBufferPointer> { text(157..<257) }

  /// The twelve permission bits.
  func permissions() throws(ArchiveError) -> UInt16 {
    UInt16(truncatingIfNeeded: try number(100..<108, "mode")) & 0o7777
  }

  func userID() throws(ArchiveError) -> Int64 { try number(108..<116, "user id") }
  func groupID() throws(ArchiveError) -> Int64 { try number(116..<124, "group id") }
  /// The length of what follows, in bytes.
  func size() throws(ArchiveError) -> Int64 { try number(124..<136, "size") }
  /// The modification time in seconds since 1970.
  func time() throws(ArchiveError) -> Int64 { try number(136..<148, "time") }

  /// Major and minor number of a device.
  func device() throws(ArchiveError) -> (major: UInt32, minor: UInt32) {
    if case .v7 = dialect { return (0, 0) }
    guard let major = UInt32(exactly: try number(329..<337, "device number")),
      let minor = UInt32(exactly: try number(337..<345, "device number"))
    else { throw .invalidField("device number") }
    return (major, minor)
  }

  // MARK: reading fields

  /// A field up to its NUL.
  private func text(_ field: Range<Int>) -> Slice<UnsafeRawBufferPointer> {
    let field = bytes[field]
    return field.prefix { $0 != 0 }
  }

  /// A number, octal or GNU's binary one.
  private func number(_ field: Range<Int>, _ name: String) throws(ArchiveError) -> Int64 {
    let value =
      bytes[field.lowerBound] & 0x80 == 0
      ? Self.octal(bytes[field]) : Self.binary(bytes[field])
    guard let value else { throw .invalidField(name) }
    return value
  }

  /// Digits between blanks and NULs; nothing at all is 0.
  private static func octal(_ field: Slice<UnsafeRawBufferPointer>) -> Int64? {
    var rest = field
    let isFilling = { (byte: UInt8) in byte == 0 || byte == UInt8(ascii: " ") }
    while let first = rest.first, isFilling(first) { rest.removeFirst() }
    while let last = rest.last, isFilling(last) { rest.removeLast() }
    var value: Int64 = 0
    for byte in rest {
      if byte == 0 { break }
      guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(byte) else { return nil }
      value = value << 3 | Int64(byte - UInt8(ascii: "0"))
    }
    return value
  }

  /// Two's complement, most significant byte first; the first bit only marks it.
  private static func binary(_ field: Slice<UnsafeRawBufferPointer>) -> Int64? {
    guard let first = field.first else { return nil }
    let isNegative = first & 0x40 != 0
    let fill: UInt8 = isNegative ? 0xff : 0
    var value: UInt64 = 0
    for (index, byte) in field.enumerated() {
      let digit = (byte ^ fill) & (index == 0 ? 0x7f : 0xff)
      guard value >> 56 == 0 else { return nil }
      value = value << 8 | UInt64(digit)
    }
    guard let magnitude = Int64(exactly: value) else { return nil }
    return isNegative ? ~magnitude : magnitude
  }

  // MARK: old GNU sparse files

  /// Whether it is a sparse file whose map stands in the headers themselves.
  var isOldSparse: Bool { type == UInt8(ascii: "S") }

  /// The length of a sparse file in bytes, holes included.
  func sparseSize() throws(ArchiveError) -> Int64 { try number(483..<495, "size") }

  /// Where the map in a header lies, and the flag that says that it goes on in the next block.
  static let sparseMap = 386..<482
  /// The same of a block that the map goes on in.
  static let furtherSparseMap = 0..<504

  /// Adds the pieces of a field to a map: pairs of numbers, and a flag behind them.
  ///
  /// - Returns: Whether the map goes on in the next block.
  func addMap(
    _ field: Range<Int>, to map: inout SparseFileMap, size: Int64
  ) throws(ArchiveError) -> Bool {
    for start in stride(from: field.lowerBound, to: field.upperBound, by: 24) {
      if bytes[start] == 0 { break }
      try map.add(
        try number(start..<start + 12, "sparse map"),
        try number(start + 12..<start + 24, "sparse map"), size: size)
    }
    return bytes[field.upperBound] != 0
  }
}
