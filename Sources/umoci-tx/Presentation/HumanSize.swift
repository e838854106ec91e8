internal import Glibc

/// Sizes in bytes as people read them.
enum HumanSize {
  private static let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]

  /// The size in powers of 1000 with four significant digits and no trailing zeros: `1.107kB`.
  static func text(_ bytes: Int64) -> String {
    var value = Double(bytes)
    var unit = 0
    while value >= 1000, unit + 1 < units.count {
      value /= 1000
      unit += 1
    }
    return fourDigits(value) + units[unit]
  }

  /// `%.4g` of printf(3), in the C locale.
  private static func fourDigits(_ value: Double) -> String {
    var buffer = [CChar](repeating: 0, count: 32)
    let length = withVaList([value]) { vsnprintf(&buffer, buffer.count, "%.4g", $0) }
    let count = min(max(Int(length), 0), buffer.count)
    return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
