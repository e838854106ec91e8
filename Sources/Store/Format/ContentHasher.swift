internal import CCrypto

/// Computes a digest of bytes that arrive in pieces.
public struct ContentHasher: ~Copyable, Sendable {
  /// The algorithm.
  public let algorithm: DigestAlgorithm

  private var sha256 = SHA256_CTX()
  private var sha512 = SHA512_CTX()

  /// A hasher that has seen nothing yet; throws `.unsupportedAlgorithm` but for SHA-256 and SHA-512.
  public init(_ algorithm: DigestAlgorithm) throws(DigestError) {
    if algorithm.hexDigits == nil { throw .unsupportedAlgorithm(algorithm.name) }
    self.init(supported: algorithm)
  }

  fileprivate init(supported algorithm: DigestAlgorithm) {
    self.algorithm = algorithm
    if algorithm == .sha512 {
      SHA512_Init(&sha512)
    } else {
      SHA256_Init(&sha256)
    }
  }

  /// A hasher for SHA-256.
  public static func makeSHA256() -> ContentHasher { ContentHasher(supported: .sha256) }

  /// Adds bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    if algorithm == .sha512 {
      SHA512_Update(&sha512, bytes.baseAddress, bytes.count)
    } else {
      SHA256_Update(&sha256, bytes.baseAddress, bytes.count)
    }
  }

  /// Adds bytes.
  public mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { update($0) }
  }

  /// The 32 bytes of the SHA-256 of all that was added, as they lie in memory; zeros for others.
  package consuming func finalizeBytes() -> (UInt64, UInt64, UInt64, UInt64) {
    var output: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    guard algorithm == .sha256 else { return output }
    withUnsafeMutableBytes(of: &output) { bytes in
      _ = SHA256_Final(bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), &sha256)
    }
    return output
  }

  /// The digest of all that was added.
  public consuming func finalize() -> Digest {
    var output: [UInt8]
    if algorithm == .sha512 {
      output = [UInt8](repeating: 0, count: 64)
      SHA512_Final(&output, &sha512)
    } else {
      output = [UInt8](repeating: 0, count: 32)
      SHA256_Final(&output, &sha256)
    }
    return Digest(algorithm: algorithm, computed: lowercaseHex(output))
  }
}

extension Digest {
  /// The SHA-256 digest of bytes in memory.
  public static func sha256(of bytes: [UInt8]) -> Digest {
    var hasher = ContentHasher.makeSHA256()
    hasher.update(bytes)
    return hasher.finalize()
  }

  /// The digest with these 32 bytes, which a hasher has computed.
  package init(sha256 bytes: some Sequence<UInt8>) {
    self.init(algorithm: .sha256, computed: lowercaseHex(Array(bytes)))
  }
}

private func lowercaseHex(_ bytes: [UInt8]) -> String {
  let digits = Array("0123456789abcdef".utf8)
  var text: [UInt8] = []
  text.reserveCapacity(bytes.count * 2)
  for byte in bytes {
    text.append(digits[Int(byte >> 4)])
    text.append(digits[Int(byte & 15)])
  }
  return String(decoding: text, as: UTF8.self)
}
