/// The name of a reference in a layout: a valid value of `org.opencontainers.image.ref.name`.
///
/// Image-spec v1.1.1, annotations: `component ("/" component)*`, where a component is alphanumerics
/// joined by one of `-` `.` `_` `:` `@` `+` or by `--`.
public struct ReferenceName: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// A text that is no reference name.
  public struct Malformed: Error, Sendable, Equatable, CustomStringConvertible {
    /// The text.
    public let text: String

    /// A sentence that says what is wrong.
    public var description: String {
      text.isEmpty
        ? "a reference name must not be empty"
        : "\"\(excerpt(of: text))\" is not a valid reference name"
    }
  }

  /// The text; ASCII.
  public let rawValue: String

  /// The name spelt by `text`.
  public init(parsing text: String) throws(Malformed) {
    if !Self.isValid(text) { throw Malformed(text: text) }
    rawValue = text
  }

  private init(trusted text: String) {
    rawValue = text
  }

  /// The name that is meant when none is given.
  public static let latest = ReferenceName(trusted: "latest")

  /// The text.
  public var description: String { rawValue }

  /// The order of the bytes.
  public static func < (left: ReferenceName, right: ReferenceName) -> Bool {
    left.rawValue.utf8.lexicographicallyPrecedes(right.rawValue.utf8)
  }

  /// Whether `text` is a reference name.
  public static func isValid(_ text: String) -> Bool {
    var previous: UInt8 = 0
    var isAfterAlphanumeric = false
    var isSecondDash = false
    for byte in text.utf8 {
      if byte.isASCIIAlphanumeric {
        isAfterAlphanumeric = true
        isSecondDash = false
      } else if byte == UInt8(ascii: "-") && previous == byte && !isSecondDash
        && !isAfterAlphanumeric
      {
        isSecondDash = true
      } else if isAfterAlphanumeric && isSeparator(byte) {
        isAfterAlphanumeric = false
      } else {
        return false
      }
      previous = byte
    }
    return isAfterAlphanumeric
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"),
      UInt8(ascii: "@"), UInt8(ascii: "+"), UInt8(ascii: "/"):
      true
    default: false
    }
  }
}
