internal import CCrypto
package import Store

/// Computes the digests of one file that an mtree asks for, all in one pass over its bytes.
package struct MtreeDigester {
  private var states: [(keyword: MtreeKeyword, state: State)]

  private enum State {
    case sha256(SHA256_CTX)
    case sha1(SHA_CTX)
    case md5(MD5_CTX)
    case sha512(SHA512_CTX)
    case ripemd160(RIPEMD160_CTX)
    case cksum(PosixChecksum)
  }

  /// Prepares for those of the keywords that are digests.
  package init(_ keywords: [MtreeKeyword]) {
    states = keywords.compactMap { keyword in Self.start(keyword).map { (keyword, $0) } }
  }

  private static func start(_ keyword: MtreeKeyword) -> State? {
    switch keyword {
    case .sha256: return .sha256(initialized(SHA256_CTX(), SHA256_Init))
    case .sha1: return .sha1(initialized(SHA_CTX(), SHA1_Init))
    case .md5: return .md5(initialized(MD5_CTX(), MD5_Init))
    case .sha384: return .sha512(initialized(SHA512_CTX(), SHA384_Init))
    case .sha512: return .sha512(initialized(SHA512_CTX(), SHA512_Init))
    case .ripemd160: return .ripemd160(initialized(RIPEMD160_CTX(), RIPEMD160_Init))
    case .cksum: return .cksum(PosixChecksum())
    default: return nil
    }
  }

  private static func initialized<Context>(
    _ context: Context, _ initialize: (UnsafeMutablePointer<Context>) -> Int32
  ) -> Context {
    var context = context
    _ = initialize(&context)
    return context
  }

  /// Adds bytes.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    for index in states.indices {
      switch states[index].state {
      case .sha256(var context):
        SHA256_Update(&context, bytes.baseAddress, bytes.count)
        states[index].state = .sha256(context)
      case .sha1(var context):
        SHA1_Update(&context, bytes.baseAddress, bytes.count)
        states[index].state = .sha1(context)
      case .md5(var context):
        MD5_Update(&context, bytes.baseAddress, bytes.count)
        states[index].state = .md5(context)
      case .sha512(var context):
        SHA512_Update(&context, bytes.baseAddress, bytes.count)
        states[index].state = .sha512(context)
      case .ripemd160(var context):
        RIPEMD160_Update(&context, bytes.baseAddress, bytes.count)
        states[index].state = .ripemd160(context)
      case .cksum(var checksum):
        checksum.update(bytes)
        states[index].state = .cksum(checksum)
      }
    }
  }

  /// The texts of the digests.
  package consuming func finish() -> [MtreeKeyword: [UInt8]] {
    var digests: [MtreeKeyword: [UInt8]] = [:]
    for (keyword, state) in states {
      digests[keyword] =
        switch state {
        case .sha256(var context): Self.hex(32) { SHA256_Final($0, &context) }
        case .sha1(var context): Self.hex(20) { SHA1_Final($0, &context) }
        case .md5(var context): Self.hex(16) { MD5_Final($0, &context) }
        // The context itself knows which of the two it computes.
        case .sha512(var context):
          Self.hex(keyword == .sha384 ? 48 : 64) { SHA512_Final($0, &context) }
        case .ripemd160(var context): Self.hex(20) { RIPEMD160_Final($0, &context) }
        case .cksum(let checksum): Array(String(checksum.value).utf8)
        }
    }
    return digests
  }

  private static func hex(
    _ count: Int, _ finish: (UnsafeMutablePointer<UInt8>) -> Int32
  ) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    _ = finish(&bytes)
    return bytes.hexadecimal
  }
}

extension MtreeDigester {
  /// The digests of an open file, from its current position to its end.
  ///
  /// - Parameter check: Asked for each piece; what it throws ends the work.
  package static func digests(
    of file: borrowing OpenFile, _ keywords: [MtreeKeyword],
    buffer: UnsafeMutableRawBufferPointer, check: () throws -> Void = {}
  ) throws -> [MtreeKeyword: [UInt8]] {
    var digester = MtreeDigester(keywords)
    while true {
      try check()
      let count = try file.read(into: buffer)
      if count == 0 { return digester.finish() }
      digester.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }
}

/// The checksum of cksum(1): a CRC with the polynomial 04C11DB7 over the bytes and their number.
private struct PosixChecksum {
  private var crc: UInt32 = 0
  private var length: UInt64 = 0

  private static let table = (0..<256).map { index in
    var crc = UInt32(index) << 24
    for _ in 0..<8 { crc = crc & 0x8000_0000 == 0 ? crc << 1 : crc << 1 ^ 0x04c1_1db7 }
    return crc
  }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    let table = Self.table
    for byte in bytes { crc = crc << 8 ^ table[Int(UInt8(crc >> 24) ^ byte)] }
    length &+= UInt64(bytes.count)
  }

  var value: UInt32 {
    var crc = crc
    var rest = length
    while rest > 0 {
      crc = crc << 8 ^ Self.table[Int(UInt8(crc >> 24) ^ UInt8(truncatingIfNeeded: rest))]
      rest >>= 8
    }
    return ~crc
  }
}
