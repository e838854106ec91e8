internal import Store

/// A header that is being written, and the pax records for what does not fit into it.
struct TarHeaderBlock {
  /// What a pax record says, by its keyword.
  private var values: [(keyword: [UInt8], value: [UInt8])] = []
  /// The name as it is stored, a folder's with a slash.
  private(set) var name: [UInt8]
  private var block = [UInt8](repeating: 0, count: TarStream.blockSize)

  /// The header of an entry.
  init(_ entry: LayerEntry) {
    name = entry.kind == .directory ? entry.path + [UInt8(ascii: "/")] : entry.path
    let (type, target, device) = Self.kind(entry.kind)
    block[156] = type
    put(Array("ustar\0".utf8) + Array("00".utf8), at: 257)
    put(octal: Int64(entry.permissions), at: 100, width: 8)
    put(Int64(entry.userID), "uid", at: 108, width: 8)
    put(Int64(entry.groupID), "gid", at: 116, width: 8)
    put(entry.size, "size", at: 124, width: 12)
    put(entry.modificationTime.seconds, "mtime", at: 136, width: 12)
    put(octal: Int64(device.0), at: 329, width: 8)
    put(octal: Int64(device.1), at: 337, width: 8)
    for attribute in entry.attributes { values.append(attribute.paxRecord) }
    if !Self.isText(target) || target.count > 100 { add("linkpath", target) }
    put(Self.ascii(target), at: 157, limit: 100)
    if !Self.isText(name) || (name.count > 100 && Self.split(name) == nil) { add("path", name) }
    let isUnicode = [name, target].allSatisfy { String(validating: $0, as: UTF8.self) != nil }
    if !isUnicode { add("hdrcharset", Array("BINARY".utf8)) }
    putName()
  }

  private static func kind(
    _ kind: LayerEntry.Kind
  ) -> (type: UInt8, target: [UInt8], device: (UInt32, UInt32)) {
    switch kind {
    case .regular: (UInt8(ascii: "0"), [], (0, 0))
    case .hardLink(let target): (UInt8(ascii: "1"), target, (0, 0))
    case .symbolicLink(let target): (UInt8(ascii: "2"), target, (0, 0))
    case .characterDevice(let major, let minor): (UInt8(ascii: "3"), [], (major, minor))
    case .blockDevice(let major, let minor): (UInt8(ascii: "4"), [], (major, minor))
    case .directory: (UInt8(ascii: "5"), [], (0, 0))
    case .fifo: (UInt8(ascii: "6"), [], (0, 0))
    }
  }

  /// Makes it the header of a sparse file (format GNU 1.0), whose map and data have so many bytes.
  mutating func makeSparse(size: Int64) {
    let realSize =
      values.first { $0.keyword == Array("size".utf8) }?.value
      ?? Array("\(octalValue(at: 124, width: 12))".utf8)
    values.removeAll { $0.keyword == Array("size".utf8) || $0.keyword == Array("path".utf8) }
    add("GNU.sparse.major", Array("1".utf8))
    add("GNU.sparse.minor", Array("0".utf8))
    add("GNU.sparse.name", name)
    add("GNU.sparse.realsize", realSize)
    put(size, "size", at: 124, width: 12)
    let start = name.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    let folder = name[..<start]
    let base = name[start...]
    name = folder + Array("GNUSparseFile.0/".utf8) + base
    putName()
  }

  private func octalValue(at offset: Int, width: Int) -> Int64 {
    block[offset..<offset + width - 1].reduce(0) { $0 << 3 | Int64($1 - UInt8(ascii: "0")) }
  }

  // MARK: bytes

  /// The block with its sum.
  var bytes: [UInt8] {
    var block = block
    block.replaceSubrange(148..<156, with: Array("        ".utf8))
    let sum = String(block.reduce(0) { $0 + Int($1) }, radix: 8)
    let digits = String(repeating: "0", count: 6 - sum.count) + sum
    block.replaceSubrange(148..<156, with: Array((digits + "\0 ").utf8))
    return block
  }

  /// The pax records, sorted by their keywords.
  var records: [UInt8] {
    values.sorted { $0.keyword.precedes($1.keyword) }.flatMap { record in
      Self.record(record.keyword, record.value)
    }
  }

  /// `LENGTH KEYWORD=VALUE` and a newline, where the length is that of all of it.
  private static func record(_ keyword: [UInt8], _ value: [UInt8]) -> [UInt8] {
    let rest = [UInt8(ascii: " ")] + keyword + [UInt8(ascii: "=")] + value + [UInt8(ascii: "\n")]
    var length = rest.count
    while "\(length)".utf8.count + rest.count != length {
      length = "\(length)".utf8.count + rest.count
    }
    return Array("\(length)".utf8) + rest
  }

  /// The header of records that stand before another one.
  static func extended(_ records: [UInt8], before header: TarHeaderBlock) -> [UInt8] {
    var extended = TarHeaderBlock(LayerEntry(path: [], kind: .regular(size: Int64(records.count))))
    extended.values = []
    extended.block[156] = UInt8(ascii: "x")
    let start = header.name.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    var name = header.name[..<start] + Array("PaxHeaders.0/".utf8) + header.name[start...]
    name = ascii(Array(name)).prefix(100)
    while name.last == UInt8(ascii: "/") { name.removeLast() }
    extended.put(Array(name), at: 0, limit: 100)
    return extended.bytes
  }

  // MARK: fields

  private mutating func add(_ keyword: String, _ value: [UInt8]) {
    values.append((Array(keyword.utf8), value))
  }

  private mutating func put(_ text: [UInt8], at offset: Int, limit: Int = 512) {
    for (index, byte) in text.prefix(limit).enumerated() { block[offset + index] = byte }
  }

  private mutating func put(octal number: Int64, at offset: Int, width: Int) {
    let digits = String(number, radix: 8).suffix(width - 1)
    put(Array((String(repeating: "0", count: width - 1 - digits.count) + digits).utf8), at: offset)
  }

  /// A number that has a record of its own where it does not fit.
  private mutating func put(_ number: Int64, _ keyword: String, at offset: Int, width: Int) {
    let isFitting = number >= 0 && number < 1 << (3 * Int64(width - 1))
    if !isFitting { add(keyword, Array("\(number)".utf8)) }
    put(octal: isFitting ? number : 0, at: offset, width: width)
  }

  /// The name, cut where it has a record of its own, else split where it is long.
  private mutating func putName() {
    for index in Array(0..<100) + Array(345..<500) { block[index] = 0 }
    if name.count > 100, Self.isText(name), values.isEmpty, let slash = Self.split(name) {
      put(Array(name[..<slash]), at: 345)
      put(Array(name[(slash + 1)...]), at: 0)
    } else {
      if name.count > 100, !values.contains(where: { $0.keyword == Array("path".utf8) }),
        !values.contains(where: { $0.keyword == Array("GNU.sparse.name".utf8) })
      {
        add("path", name)
      }
      put(Self.ascii(name), at: 0, limit: 100)
    }
  }

  /// The slash at which a name is parted into the fields of ustar.
  private static func split(_ name: [UInt8]) -> Int? {
    let end = name.count > 156 ? 156 : name.last == UInt8(ascii: "/") ? name.count - 1 : name.count
    guard let slash = name[..<end].lastIndex(of: UInt8(ascii: "/")), slash > 0, slash <= 155 else {
      return nil
    }
    return (1...100).contains(name.count - slash - 1) ? slash : nil
  }

  private static func isText(_ bytes: [UInt8]) -> Bool { bytes.allSatisfy { $0 < 0x80 } }

  private static func ascii(_ bytes: [UInt8]) -> [UInt8] { bytes.filter { $0 < 0x80 } }
}
