/// The beginning of a digest, or all of it, as people type it: `sha256:e581fd`, or just `e581fd`.
public struct DigestPrefix: Hashable, Sendable, CustomStringConvertible {
  /// A text that is no beginning of a digest.
  public struct Malformed: Error, Equatable, Sendable, CustomStringConvertible {
    /// The text.
    public let text: String

    /// A sentence that says what is wrong.
    public var description: String {
      "\"\(excerpt(of: text))\" is no digest, nor \(minimumDigits) lower-case hex digits or more"
        + " that one begins with"
    }
  }

  /// The fewest hex digits that count as a digest.
  public static let minimumDigits = 6

  /// The algorithm; nil for any.
  public let algorithm: DigestAlgorithm?
  /// The encoded part, or the beginning of it.
  public let encoded: String

  /// The beginning spelt by `text`; a whole digest may be of any algorithm.
  public init(parsing text: String) throws(Malformed) {
    if let digest = try? Digest(parsing: text) {
      (algorithm, encoded) = (digest.algorithm, digest.encoded)
      return
    }
    let colon = text.utf8.firstIndex(of: UInt8(ascii: ":"))
    let algorithm = colon.map { DigestAlgorithm(name: text[..<$0]) }
    let encoded = colon.map { text[text.utf8.index(after: $0)...] } ?? text[...]
    guard let limit = (algorithm ?? .sha512).hexDigits,
      (Self.minimumDigits...limit).contains(encoded.utf8.count),
      encoded.utf8.allSatisfy(isLowercaseHexDigit)
    else { throw Malformed(text: text) }
    self.algorithm = algorithm
    self.encoded = String(encoded)
  }

  /// All of a digest.
  public init(_ digest: Digest) {
    algorithm = digest.algorithm
    encoded = digest.encoded
  }

  /// The digest, when this is all of it.
  public var digest: Digest? { algorithm == nil ? nil : try? Digest(parsing: description) }

  /// Whether a digest begins so.
  public func matches(_ digest: Digest) -> Bool {
    algorithm ?? digest.algorithm == digest.algorithm && digest.encoded.hasPrefix(encoded)
  }

  /// The algorithms of the digests that may begin so.
  public var algorithms: [DigestAlgorithm] { algorithm.map { [$0] } ?? [.sha256, .sha512] }

  /// The text.
  public var description: String { algorithm.map { "\($0):\(encoded)" } ?? encoded }
}
