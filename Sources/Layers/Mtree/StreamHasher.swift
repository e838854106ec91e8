internal import CCrypto

/// SHA-256 of bytes that arrive in pieces, as the 32 bytes that it is.
struct StreamHasher {
  private var context = SHA256_CTX()

  init() { SHA256_Init(&context) }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    SHA256_Update(&context, bytes.baseAddress, bytes.count)
  }

  mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

  /// The digest of all that was added; nothing may be added afterwards.
  mutating func finish() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    SHA256_Final(&digest, &context)
    return digest
  }
}
