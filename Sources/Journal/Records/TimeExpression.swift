public import Store

/// A moment as people write it on a command line.
///
/// - `2026-11-20T10:00:00Z`, RFC 3339, of which the seconds, the zone (then UTC) or the whole time of
///   day (then midnight UTC) may be missing; a blank may stand for the `T`;
/// - `now`, and `yesterday`, which is 24 hours ago;
/// - `3.days.ago`, `1.hour.ago` or `10 minutes ago`: seconds, minutes, hours, days and weeks.
public enum TimeExpression {
  /// A text that is none of these.
  public struct Malformed: Error, Equatable, Sendable, CustomStringConvertible {
    /// The text.
    public let text: String

    /// A sentence that says what is wrong.
    public var description: String {
      "\"\(Self.excerpt(text))\" is not a time such as 2026-11-20T10:00Z, 2026-11-20, yesterday"
        + " or 3.days.ago"
    }

    private static func excerpt(_ text: String) -> String {
      text.utf8.count > 60 ? text.prefix(60) + "..." : text
    }
  }

  private static let secondsPerUnit: [Substring: Int64] = [
    "second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604_800,
  ]

  /// The moment that `text` means, seen from `now`.
  ///
  /// Moments beyond the years 0 to 9999 are brought to the nearest one that can be written.
  public static func parse(_ text: String, now: Timestamp) throws(Malformed) -> Timestamp {
    switch text {
    case "now": return now
    case "yesterday": return now.adding(seconds: -86400)
    default:
      if let time = relative(text, now: now) ?? absolute(text) { return time }
      throw Malformed(text: text)
    }
  }

  private static func relative(_ text: String, now: Timestamp) -> Timestamp? {
    let separator: Character = text.contains(" ") ? " " : "."
    let words = text.split(separator: separator, omittingEmptySubsequences: false)
    guard words.count == 3, words[2] == "ago", let count = number(words[0]) else { return nil }
    let unit = words[1].hasSuffix("s") ? words[1].dropLast() : words[1]
    guard let seconds = secondsPerUnit[unit] else { return nil }
    let (distance, overflow) = count.multipliedReportingOverflow(by: seconds)
    return now.adding(seconds: overflow ? .min : -distance)
  }

  /// Digits only: no sign, which `Int64.init` would take.
  private static func number(_ text: Substring) -> Int64? {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int64(text) : nil
  }

  /// Fills in what is missing and leaves the checking to the strict parser.
  private static func absolute(_ text: String) -> Timestamp? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 10 else { return nil }
    let date = String(decoding: bytes[..<10], as: UTF8.self)
    if bytes.count == 10 { return try? Timestamp(parsing: date + "T00:00:00Z") }
    guard [UInt8(ascii: "T"), UInt8(ascii: "t"), UInt8(ascii: " ")].contains(bytes[10]) else {
      return nil
    }
    let rest = bytes[11...]
    let zoneStart =
      rest.firstIndex { [UInt8(ascii: "Z"), UInt8(ascii: "z")].contains($0) }
      ?? rest.firstIndex { [UInt8(ascii: "+"), UInt8(ascii: "-")].contains($0) }
    let clock = String(decoding: rest[..<(zoneStart ?? rest.endIndex)], as: UTF8.self)
    let zone = String(decoding: rest[(zoneStart ?? rest.endIndex)...], as: UTF8.self)
    let seconds = clock.utf8.count == 5 ? ":00" : ""
    let offset = zone.isEmpty || zone == "z" ? "Z" : zone
    return try? Timestamp(parsing: date + "T" + clock + seconds + offset)
  }
}
