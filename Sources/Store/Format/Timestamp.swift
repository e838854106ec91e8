/// A point in time with the UTC offset it was written with (RFC 3339, nanoseconds).
///
/// Equality and order are those of the instant, so that two spellings of one instant are equal.
public struct Timestamp: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// A text that is no RFC 3339 time.
  public struct Malformed: Error, Sendable, Equatable, CustomStringConvertible {
    /// The text.
    public let text: String

    /// A sentence that says what is wrong.
    public var description: String {
      "\"\(excerpt(of: text))\" is not an RFC 3339 time such as 2016-03-25T12:34:02.655Z"
    }
  }

  /// Seconds since 1970-01-01T00:00:00Z, without leap seconds.
  public let secondsSinceEpoch: Int64

  /// Nanoseconds since that second, 0 ..< 1 000 000 000.
  public let nanoseconds: Int32

  /// The offset from UTC that the time is shown with, in minutes.
  public let offsetMinutes: Int

  /// The seconds since the epoch that are in the years 0 to 9999 when shown with an offset.
  static func secondsRange(offsetMinutes: Int) -> ClosedRange<Int64> {
    let offset = Int64(offsetMinutes) * 60
    return (-62_167_219_200 - offset)...(253_402_300_799 - offset)
  }

  /// The instant so many seconds and nanoseconds after the epoch.
  ///
  /// Values beyond the years that RFC 3339 can spell (0 to 9999), nanoseconds outside of a second and
  /// offsets of a day or more are brought to the nearest valid value.
  public init(secondsSinceEpoch: Int64, nanoseconds: Int32 = 0, offsetMinutes: Int = 0) {
    let offset = min(max(offsetMinutes, -1439), 1439)
    let range = Self.secondsRange(offsetMinutes: offset)
    self.offsetMinutes = offset
    self.secondsSinceEpoch = min(max(secondsSinceEpoch, range.lowerBound), range.upperBound)
    self.nanoseconds = min(max(nanoseconds, 0), 999_999_999)
  }

  /// The first moment of the year 1, which Go writes for a missing time.
  public static let zero = Timestamp(secondsSinceEpoch: -62_135_596_800)

  /// The moment so many seconds later, or earlier if negative; stays within the years 0 to 9999.
  public func adding(seconds: Int64) -> Timestamp {
    let (sum, overflow) = secondsSinceEpoch.addingReportingOverflow(seconds)
    let limit = seconds < 0 ? Int64.min : Int64.max
    return Timestamp(
      secondsSinceEpoch: overflow ? limit : sum, nanoseconds: nanoseconds,
      offsetMinutes: offsetMinutes)
  }

  /// The same instant, shown in UTC.
  public var inUTC: Timestamp {
    Timestamp(secondsSinceEpoch: secondsSinceEpoch, nanoseconds: nanoseconds)
  }

  /// Whether both are the same instant.
  public static func == (left: Timestamp, right: Timestamp) -> Bool {
    left.secondsSinceEpoch == right.secondsSinceEpoch && left.nanoseconds == right.nanoseconds
  }

  /// Feeds the instant, not the offset.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(secondsSinceEpoch)
    hasher.combine(nanoseconds)
  }

  /// Whether the left one is earlier.
  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    (left.secondsSinceEpoch, left.nanoseconds) < (right.secondsSinceEpoch, right.nanoseconds)
  }

  /// RFC 3339 as Go spells it: the fraction without trailing zeros, offset zero as `Z`.
  public var description: String {
    let local = secondsSinceEpoch + Int64(offsetMinutes) * 60
    let day = CivilDay(daysSinceEpoch: floorDivide(local, 86400))
    let second = Int(local - floorDivide(local, 86400) * 86400)
    let date = "\(padded(day.year, 4))-\(padded(day.month, 2))-\(padded(day.day, 2))"
    let hours = padded(second / 3600, 2)
    let time = "\(hours):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
    return "\(date)T\(time)\(fraction)\(zone)"
  }

  private var fraction: String {
    if nanoseconds == 0 { return "" }
    var digits = padded(Int(nanoseconds), 9)
    while digits.utf8.last == UInt8(ascii: "0") { digits.removeLast() }
    return "." + digits
  }

  private var zone: String {
    if offsetMinutes == 0 { return "Z" }
    let minutes = abs(offsetMinutes)
    return (offsetMinutes < 0 ? "-" : "+") + padded(minutes / 60, 2) + ":" + padded(minutes % 60, 2)
  }
}

func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
  let quotient = value / divisor
  return value % divisor < 0 ? quotient - 1 : quotient
}

private func padded(_ value: Int, _ width: Int) -> String {
  let digits = String(value)
  return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
