/// How many bytes things have together: never negative, and never more than an `Int64` holds.
///
/// Sizes come from documents, records and files that anybody may have written. Their sum stays at the
/// largest number once it is reached, so that a total can be wrong for absurd sizes and never a trap.
public struct ByteCount: Hashable, Sendable {
  /// The number, 0 to `Int64.max`.
  public let value: Int64

  /// So many bytes; a negative number counts as none.
  public init(_ value: Int64) { self.value = max(0, value) }

  /// The sum of sizes in bytes.
  public init(sum sizes: some Sequence<Int64>) {
    self = sizes.reduce(0) { $0 + ByteCount($1) }
  }

  /// The sum, or the largest number.
  public static func + (left: Self, right: Self) -> Self {
    let (sum, isTooBig) = left.value.addingReportingOverflow(right.value)
    return Self(isTooBig ? .max : sum)
  }

  /// The difference, or nothing.
  public static func - (left: Self, right: Self) -> Self { Self(left.value - right.value) }

  /// Adds a size in bytes.
  public static func += (total: inout Self, size: Int64) { total = total + Self(size) }
}

extension ByteCount: ExpressibleByIntegerLiteral {
  /// So many bytes.
  public init(integerLiteral value: Int64) { self.init(value) }
}

extension ByteCount: Comparable {
  /// Whether one is smaller.
  public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

extension ByteCount: CustomStringConvertible {
  /// The number.
  public var description: String { "\(value)" }
}
