/// A length of time as people write it on a command line: `90s`, `30m`, `12h`, `7d`, `2w`, `2.weeks`, `0` or
/// `now`.
enum AgeText {
  private static let secondsPerUnit: [Substring: Int64] = [
    "s": 1, "second": 1, "m": 60, "minute": 60, "h": 3600, "hour": 3600, "d": 86400, "day": 86400,
    "w": 604_800, "week": 604_800,
  ]
  /// A century, in seconds.
  private static let longest: Int64 = 3_155_760_000

  /// The length in seconds, of an option's value.
  static func seconds(_ text: String, option: String) throws(UsageError) -> Int64 {
    if text == "now" || text == "0" { return 0 }
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    var unit = text.dropFirst(digits.count)
    if unit.hasSuffix(".ago") { unit = unit.dropLast(4) }
    if unit.hasPrefix(".") { unit = unit.dropFirst() }
    if unit.count > 2, unit.hasSuffix("s") { unit = unit.dropLast() }
    guard digits.count <= 10, let count = Int64(digits), let factor = secondsPerUnit[unit],
      count <= longest / factor
    else {
      throw .invalid(
        option, "\"\(text.prefix(60))\" is no length of time",
        hint: "write for example 30m, 12h, 7d, 2.weeks or 0")
    }
    return count * factor
  }
}
