internal import Store

/// The head of a history as somebody has kept it elsewhere.
public struct ExpectedHead: Equatable, Sendable {
  /// The fewest digits that name a record.
  public static let minimumDigits = 16

  /// The first digits of the hash of a record, in lower case.
  public let digits: String

  /// Reads what `audit head` prints, with or without `sha256:`, all of it or at least sixteen digits,
  /// or a stamp of index.json; nil when the text is neither.
  public init?(_ text: String) {
    var digits = CommitMarker(text)?.chain ?? text.lowercased()
    if digits.hasPrefix("sha256:") { digits.removeFirst(7) }
    let isHexadecimal = digits.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
    }
    guard isHexadecimal, (Self.minimumDigits...64).contains(digits.utf8.count) else { return nil }
    self.digits = digits
  }

  /// Whether this is the hash of a record.
  func matches(_ hash: Digest) -> Bool { hash.encoded.hasPrefix(digits) }
}
