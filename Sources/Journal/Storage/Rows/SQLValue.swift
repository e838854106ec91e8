/// A value that goes into or comes out of a statement.
enum SQLValue: Equatable, Sendable {
  case null
  case integer(Int64)
  case text(String)
  case blob([UInt8])

  /// Text, or null for nil.
  static func text(_ text: String?) -> SQLValue { text.map { .text($0) } ?? .null }

  /// An integer, or null for nil.
  static func integer(_ number: Int64?) -> SQLValue { number.map { .integer($0) } ?? .null }

  /// Bytes, or null for nil.
  static func blob(_ bytes: [UInt8]?) -> SQLValue { bytes.map { .blob($0) } ?? .null }
}
