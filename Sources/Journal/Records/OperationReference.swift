public import Store

/// An operation as people name it, the same wherever one is named.
///
/// - `3`, its number; `kxmq`, the beginning of its id; `@`, the newest; `TAG@{1}`, the one that gave a tag
///   that value; each with `op:` before it or not;
/// - followed by `^` or `~2` for the one, or so many, before it.
public struct OperationReference: Equatable, Sendable, CustomStringConvertible {
  /// What it starts from.
  public enum Base: Equatable, Sendable {
    /// The newest operation.
    case newest
    /// By its number.
    case sequence(Int64)
    /// By the beginning of its id.
    case id(String)
    /// The one that gave a tag the value that it had.
    indirect case move(TagReference)
  }

  /// What it starts from.
  public let base: Base
  /// How many operations before that.
  public let stepsBack: Int64
  /// As it was written.
  public let description: String

  /// Reads a reference; nil when the text is none.
  ///
  /// - Parameter now: What times in `TAG@{…}` are seen from; without it, tags are refused.
  public init?(_ text: String, now: Timestamp? = nil) {
    var rest = text.hasPrefix("op:") ? text.dropFirst(3) : text[...]
    var steps: Int64 = 0
    while let count = Self.dropStep(from: &rest) {
      let (sum, overflow) = steps.addingReportingOverflow(count)
      if overflow { return nil }
      steps = sum
    }
    guard let base = Self.base(String(rest), now: now) else { return nil }
    (self.base, stepsBack, description) = (base, steps, text)
  }

  /// The operation of a number.
  public init(sequence: Int64) {
    (base, stepsBack, description) = (.sequence(sequence), 0, "\(sequence)")
  }

  private static func base(_ text: String, now: Timestamp?) -> Base? {
    if text == "@" { return .newest }
    if text.utf8.allSatisfy(isDigit) { return Int64(text).map(Base.sequence) }
    if OperationID.isPrefix(text) { return .id(text) }
    guard let now, text.hasSuffix("}"), let tag = try? TagReference(parsing: text, now: now) else {
      return nil
    }
    return .move(tag)
  }

  /// Takes `^`, `~` or `~2` off the end; nil when there is none.
  private static func dropStep(from text: inout Substring) -> Int64? {
    if text.last == "^" {
      text.removeLast()
      return 1
    }
    guard let tilde = text.lastIndex(of: "~") else { return nil }
    let digits = text[text.index(after: tilde)...]
    guard digits.utf8.allSatisfy(isDigit),
      let count = digits.isEmpty ? 1 : Int64(digits)
    else { return nil }
    text = text[..<tilde]
    return count
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
