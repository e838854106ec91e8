/// Writes tar streams byte by byte, right or wrong, as a test wants them.
public struct TarBuilder {
  /// What was written so far.
  public var bytes: [UInt8] = []

  /// Begins an empty stream.
  public init() {}

  /// A header of the ustar, v7 or GNU dialect.
  public struct Header {
    /// The name.
    public var name: [UInt8] = []
    /// The permission bits.
    public var mode: UInt32 = 0o644
    /// The owner.
    public var userID: UInt32 = 0
    /// The group.
    public var groupID: UInt32 = 0
    /// The length that is claimed, in bytes.
    public var size: Int64 = 0
    /// Seconds since 1970.
    public var time: Int64 = 1_600_000_000
    /// The type flag.
    public var type: Character = "0"
    /// The link target.
    public var link: [UInt8] = []
    /// What tells the dialect.
    public var magic = Array("ustar\u{0}00".utf8)
    /// Major and minor number.
    public var device: (UInt32, UInt32) = (0, 0)
    /// The prefix of ustar.
    public var prefix: [UInt8] = []

    /// A plain file of a name.
    public init(_ name: String) { self.name = Array(name.utf8) }
    /// A plain file of a name.
    public init(bytes name: [UInt8]) { self.name = name }

    /// The 512 bytes, with a right checksum.
    public var block: [UInt8] {
      var block = [UInt8](repeating: 0, count: 512)
      func put(_ text: [UInt8], _ offset: Int, _ width: Int) {
        for (index, byte) in text.prefix(width).enumerated() { block[offset + index] = byte }
      }
      func octal(_ value: Int64, _ offset: Int, _ width: Int) {
        let digits = String(value, radix: 8)
        put(
          Array(String(repeating: "0", count: max(0, width - 1 - digits.count)).utf8)
            + Array(digits.utf8), offset, width - 1)
      }
      put(name, 0, 100)
      octal(Int64(mode), 100, 8)
      octal(Int64(userID), 108, 8)
      octal(Int64(groupID), 116, 8)
      octal(size, 124, 12)
      octal(time, 136, 12)
      put(Array("        ".utf8), 148, 8)
      put(Array(String(type).utf8), 156, 1)
      put(link, 157, 100)
      put(magic, 257, 8)
      octal(Int64(device.0), 329, 8)
      octal(Int64(device.1), 337, 8)
      if !prefix.isEmpty { put(prefix, 345, 155) }
      octal(block.reduce(Int64(0)) { $0 + Int64($1) }, 148, 7)
      block[155] = 0x20
      return block
    }
  }

  /// Adds a header and a body, padded to blocks.
  public mutating func add(_ header: Header, _ body: [UInt8] = []) {
    var header = header
    if !body.isEmpty, header.size == 0 { header.size = Int64(body.count) }
    bytes += header.block
    bytes += body
    bytes += [UInt8](repeating: 0, count: (512 - body.count % 512) % 512)
  }

  /// Adds a regular file.
  public mutating func file(_ name: String, _ content: String = "", mode: UInt32 = 0o644) {
    var header = Header(name)
    header.mode = mode
    add(header, Array(content.utf8))
  }

  /// Adds a directory.
  public mutating func directory(_ name: String, mode: UInt32 = 0o755, time: Int64 = 1_600_000_000)
  {
    var header = Header(name)
    header.type = "5"
    header.mode = mode
    header.time = time
    add(header)
  }

  /// Adds a symbolic link.
  public mutating func symbolicLink(_ name: String, to target: String) {
    var header = Header(name)
    header.type = "2"
    header.mode = 0o777
    header.link = Array(target.utf8)
    add(header)
  }

  /// Adds a hard link.
  public mutating func hardLink(_ name: String, to target: String) {
    var header = Header(name)
    header.type = "1"
    header.link = Array(target.utf8)
    add(header)
  }

  /// Adds a device node or a fifo.
  public mutating func special(_ name: String, type: Character, device: (UInt32, UInt32) = (0, 0)) {
    var header = Header(name)
    header.type = type
    header.device = device
    add(header)
  }

  /// Adds a pax header for the next entry, or a global one.
  public mutating func pax(_ records: [(String, [UInt8])], type: Character = "x") {
    var body: [UInt8] = []
    for (key, value) in records { body += Self.record(key, value) }
    var header = Header("PaxHeaders/x")
    header.type = type
    add(header, body)
  }

  /// Adds a GNU long name (`L`) or long link (`K`).
  public mutating func gnuLong(_ type: Character, _ text: [UInt8]) {
    var header = Header("././@LongLink")
    header.type = type
    header.magic = Array("ustar  \u{0}".utf8)
    add(header, text + [0])
  }

  /// One pax record with its length, which counts itself.
  public static func record(_ key: String, _ value: [UInt8]) -> [UInt8] {
    let rest = [0x20] + Array(key.utf8) + [UInt8(ascii: "=")] + value + [0x0a]
    var length = rest.count + 1
    while String(length).utf8.count + rest.count != length {
      length = String(length).utf8.count + rest.count
    }
    return Array(String(length).utf8) + rest
  }

  /// The stream with its end marker.
  public var finished: [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }

  /// A stream made by a closure, with its end marker.
  public static func make(_ body: (inout TarBuilder) -> Void) -> [UInt8] {
    var builder = TarBuilder()
    body(&builder)
    return builder.finished
  }
}
