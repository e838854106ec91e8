public import Store

/// A time as people write it on a command line, from its first moment to its last: `10:00:05` is a whole
/// second, `10:00` a minute and `2026-11-20` a day, so that what is shown in seconds can be typed back.
///
/// - `2026-11-20T10:00:00Z`, RFC 3339, of which the fraction, the seconds, the zone (then UTC) or the whole
///   time of day may be missing; a blank may stand for the `T`;
/// - `09:01` and `09:01:30`, the last ones (UTC), `today` and `midnight` (UTC);
/// - `now`, and `yesterday`, which is 24 hours ago;
/// - `3.days.ago`, `1.hour.ago` or `10 minutes ago`: seconds, minutes, hours, days and weeks; `5m`, `1h`,
///   `2d`, `last.week`.
public struct TimeExpression: Equatable, Sendable, CustomStringConvertible {
  /// Its first moment.
  public let start: Timestamp
  /// Its last moment.
  public let end: Timestamp
  /// When it was written.
  public let now: Timestamp
  /// As it was written.
  public let description: String

  /// A text that is none of these.
  public struct Malformed: Error, Equatable, Sendable, CustomStringConvertible {
    /// The text.
    public let text: String

    /// A sentence that says what is wrong.
    public var description: String {
      "\"\(Self.excerpt(text))\" is not a time such as 2026-11-20T10:00Z, 2026-11-20, 09:01, today,"
        + " 5m or 3.days.ago"
    }

    private static func excerpt(_ text: String) -> String {
      text.utf8.count > 60 ? text.prefix(60) + "..." : text
    }
  }

  private static let secondsPerUnit: [Substring: Int64] = [
    "second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604_800,
    "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604_800,
  ]

  /// Reads a time, seen from `now`.
  ///
  /// Moments beyond the years 0 to 9999 are brought to the nearest one that can be written.
  public init(parsing text: String, now: Timestamp) throws(Malformed) {
    guard let (start, seconds) = Self.parse(text, now: now.inUTC) else {
      throw Malformed(text: text)
    }
    self.start = start
    end =
      seconds == 0
      ? start
      : Timestamp(
        secondsSinceEpoch: start.adding(seconds: seconds - 1).secondsSinceEpoch,
        nanoseconds: 999_999_999, offsetMinutes: start.offsetMinutes)
    self.now = now
    description = text
  }

  /// When it begins and how many seconds it lasts; 0 for a moment.
  private static func parse(_ text: String, now: Timestamp) -> (Timestamp, Int64)? {
    let midnight = now.adding(seconds: -floorModulo(now.secondsSinceEpoch, 86400)).wholeSeconds
    switch text {
    case "now": return (now, 0)
    case "yesterday": return (now.adding(seconds: -86400), 0)
    case "midnight": return (midnight, 0)
    case "today": return (midnight, 86400)
    default:
      return relative(text, now: now).map { ($0, 0) } ?? absolute(text)
        ?? timeOfDay(text, now: now, midnight)
    }
  }

  private static func floorModulo(_ value: Int64, _ divisor: Int64) -> Int64 {
    let rest = value % divisor
    return rest < 0 ? rest + divisor : rest
  }

  /// `3.days.ago`, `last.week`, `5m`.
  private static func relative(_ text: String, now: Timestamp) -> Timestamp? {
    let separator: Character = text.contains(" ") ? " " : "."
    let words = text.split(separator: separator, omittingEmptySubsequences: false)
    let count: Int64?
    let unit: Substring
    if words.count == 3, words[2] == "ago", words[1].utf8.count > 1 {
      (count, unit) = (number(words[0]), words[1].hasSuffix("s") ? words[1].dropLast() : words[1])
    } else if words.count == 2, words[0] == "last", words[1].utf8.count > 1 {
      (count, unit) = (1, words[1])
    } else if words.count == 1, text.utf8.count > 1 {
      (count, unit) = (number(text.dropLast()), text.suffix(1))
    } else {
      return nil
    }
    guard let count, let seconds = secondsPerUnit[unit] else { return nil }
    let (distance, overflow) = count.multipliedReportingOverflow(by: seconds)
    return now.adding(seconds: overflow ? .min : -distance)
  }

  /// Digits only: no sign, which `Int64.init` would take.
  private static func number(_ text: Substring) -> Int64? {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int64(text) : nil
  }

  /// `09:01`: today's, or yesterday's where that is still to come.
  private static func timeOfDay(
    _ text: String, now: Timestamp, _ midnight: Timestamp
  ) -> (Timestamp, Int64)? {
    let date = midnight.description.prefix(10)
    guard !text.utf8.isEmpty, text.utf8.allSatisfy({ (0x30...0x3a).contains($0) }),
      let (time, seconds) = absolute("\(date)T\(text)")
    else { return nil }
    return (time > now ? time.adding(seconds: -86400) : time, seconds)
  }

  /// Fills in what is missing and leaves the checking to the strict parser.
  private static func absolute(_ text: String) -> (Timestamp, Int64)? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 10 else { return nil }
    let date = String(decoding: bytes[..<10], as: UTF8.self)
    if bytes.count == 10 {
      return (try? Timestamp(parsing: date + "T00:00:00Z")).map { ($0, 86400) }
    }
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
    let length: Int64 = clock.utf8.count == 5 ? 60 : clock.utf8.count == 8 ? 1 : 0
    return (try? Timestamp(parsing: date + "T" + clock + seconds + offset)).map { ($0, length) }
  }
}
