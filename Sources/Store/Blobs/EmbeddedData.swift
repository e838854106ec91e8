/// Content that stands in its descriptor: the member `data` (image-spec v1.1.1, descriptor).
package enum EmbeddedData {
  /// The SHA-256 digest of `{}`.
  static let emptyJSONDigest = Digest.sha256(of: Array("{}".utf8))

  /// The embedded content, verified by digest and then by size.
  ///
  /// - Returns: Nil when there is none; an empty `data` counts as none.
  /// - Throws: ``BlobError`` when it is not base64 or not what the descriptor says.
  package static func verified(in descriptor: Descriptor) throws(BlobError) -> [UInt8]? {
    guard let text = descriptor.base64Data, !text.isEmpty else { return nil }
    let digest = descriptor.digest
    guard let bytes = decode(text) else {
      throw .invalidDocument(digest, reason: "the data embedded in its descriptor is not base64")
    }
    var hasher: ContentHasher
    do { hasher = try ContentHasher(digest.algorithm) } catch {
      throw .unsupportedAlgorithm(digest)
    }
    hasher.update(bytes)
    let actual = hasher.finalize()
    guard actual == digest else { throw .digestMismatch(expected: digest, actual: actual) }
    guard Int64(bytes.count) == descriptor.size else {
      throw .sizeMismatch(digest, expected: descriptor.size, actual: Int64(bytes.count))
    }
    return bytes
  }

  /// The bytes that base64 with padding spells (RFC 4648 §4); nil when the text is none.
  static func decode(_ text: String) -> [UInt8]? {
    let text = Array(text.utf8)
    guard text.count.isMultiple(of: 4) else { return nil }
    let padding = text.reversed().prefix { $0 == UInt8(ascii: "=") }.count
    guard padding <= 2 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3)
    var bits: UInt32 = 0
    for (index, byte) in text.dropLast(padding).enumerated() {
      guard let value = value(of: byte) else { return nil }
      bits = bits << 6 | value
      // Each digit after the first of four completes a byte.
      let spare = UInt32(6 - 2 * (index % 4))
      if index % 4 > 0 { bytes.append(UInt8(truncatingIfNeeded: bits >> spare)) }
    }
    return bytes
  }

  private static func value(of byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
