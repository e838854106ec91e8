extension Timestamp {
  /// The time spelt by `text`: `YYYY-MM-DDThh:mm:ss[.fraction]` and `Z` or `±hh:mm`.
  ///
  /// Digits of the fraction behind the ninth are dropped. Leap seconds are refused.
  public init(parsing text: String) throws(Malformed) {
    var reader = TimestampReader(bytes: Array(text.utf8))
    guard let time = reader.read() else { throw Malformed(text: text) }
    self = time
  }
}

/// Reads the fields of an RFC 3339 time; nil stands for a text that is none.
private struct TimestampReader {
  let bytes: [UInt8]
  var position = 0

  mutating func read() -> Timestamp? {
    guard let days = date(), skip("T"), let seconds = timeOfDay(), let nanoseconds = fraction(),
      let offset = zone(), position == bytes.count
    else { return nil }
    let total = days * 86400 + seconds - Int64(offset) * 60
    return Timestamp(secondsSinceEpoch: total, nanoseconds: nanoseconds, offsetMinutes: offset)
  }

  private mutating func date() -> Int64? {
    guard let year = number(4), skip("-"), let month = number(2), skip("-"), let day = number(2),
      month >= 1, month <= 12, day >= 1, day <= CivilDay.daysInMonth(month, of: year)
    else { return nil }
    return CivilDay(year: year, month: month, day: day).daysSinceEpoch
  }

  private mutating func timeOfDay() -> Int64? {
    guard let hour = number(2), skip(":"), let minute = number(2), skip(":"),
      let second = number(2), hour <= 23, minute <= 59, second <= 59
    else { return nil }
    return Int64(hour * 3600 + minute * 60 + second)
  }

  private mutating func fraction() -> Int32? {
    if !skip(".") { return 0 }
    var value: Int32 = 0
    var digits = 0
    while let digit = digit(at: position) {
      if digits < 9 { value = value * 10 + Int32(digit) }
      digits += 1
      position += 1
    }
    if digits == 0 { return nil }
    while digits < 9 {
      value *= 10
      digits += 1
    }
    return value
  }

  private mutating func zone() -> Int? {
    if skip("Z") { return 0 }
    let isNegative = skip("-")
    guard isNegative || skip("+"), let hours = number(2), skip(":"), let minutes = number(2),
      hours <= 23, minutes <= 59
    else { return nil }
    return (hours * 60 + minutes) * (isNegative ? -1 : 1)
  }

  private func digit(at index: Int) -> Int? {
    guard index < bytes.count, bytes[index] >= UInt8(ascii: "0"), bytes[index] <= UInt8(ascii: "9")
    else { return nil }
    return Int(bytes[index] - UInt8(ascii: "0"))
  }

  private mutating func number(_ digits: Int) -> Int? {
    var value = 0
    for _ in 0..<digits {
      guard let digit = digit(at: position) else { return nil }
      value = value * 10 + digit
      position += 1
    }
    return value
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard position < bytes.count, UInt32(bytes[position]) == character.value else { return false }
    position += 1
    return true
  }
}
