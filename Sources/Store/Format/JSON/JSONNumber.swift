/// A JSON number that keeps the spelling it was read with, whatever its size.
public struct JSONNumber: Sendable, Equatable, CustomStringConvertible {
  private enum Storage {
    case source(JSONSource, node: Int)
    case integer(Int64)
  }

  private let storage: Storage

  /// A number written in decimal.
  public init(_ integer: Int64) {
    storage = .integer(integer)
  }

  init(source: JSONSource, node: Int) {
    storage = .source(source, node: node)
  }

  /// The number as it is or will be spelt.
  public var spelling: String {
    switch storage {
    case .source(let source, let node): String(decoding: source.rawBytes(at: node), as: UTF8.self)
    case .integer(let integer): String(integer)
    }
  }

  /// The spelling.
  public var description: String { spelling }

  /// The value if it is spelt without fraction and exponent and fits.
  public var integer: Int64? {
    switch storage {
    case .source(let source, let node): Int64(decimal: source.rawBytes(at: node))
    case .integer(let integer): integer
    }
  }

  func write(to output: inout [UInt8]) {
    switch storage {
    case .source(let source, let node): source.append(node: node, to: &output)
    case .integer(let integer): output.append(contentsOf: String(integer).utf8)
    }
  }

  /// Whether both numbers are the same integer, or are spelt alike.
  public static func == (left: JSONNumber, right: JSONNumber) -> Bool {
    if let first = left.integer, let second = right.integer { return first == second }
    return left.spelling == right.spelling
  }
}

extension Int64 {
  /// The value of `-?[0-9]+`, or nil for any other spelling and for values that do not fit.
  fileprivate init?(decimal bytes: ArraySlice<UInt8>) {
    let isNegative = bytes.first == UInt8(ascii: "-")
    var value: Int64 = 0
    let digits = isNegative ? bytes.dropFirst() : bytes
    if digits.isEmpty { return nil }
    for byte in digits {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      let digit = Int64(byte - UInt8(ascii: "0"))
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (next, carry) =
        isNegative
        ? tens.subtractingReportingOverflow(digit) : tens.addingReportingOverflow(digit)
      if overflow || carry { return nil }
      value = next
    }
    self = value
  }
}
