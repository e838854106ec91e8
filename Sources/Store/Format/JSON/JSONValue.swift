/// A lossless JSON value.
///
/// Values that were parsed keep the bytes they had: white space, escapes and the spelling of numbers
/// survive. An edit makes the containers around it, and nothing else, written anew; new values are
/// compact and escaped as Go's encoder does. Equality is that of the content: neither the order of
/// members nor spelling matters.
public enum JSONValue: Sendable, Equatable {
  /// The literal `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number.
  case number(JSONNumber)
  /// A string.
  case string(JSONString)
  /// An array.
  case array(JSONArray)
  /// An object.
  case object(JSONObject)

  /// A string value.
  public init(_ text: String) {
    self = .string(JSONString(text))
  }

  /// A number value.
  public init(_ integer: Int64) {
    self = .number(JSONNumber(integer))
  }

  /// An array value.
  public init(_ elements: [JSONValue]) {
    self = .array(JSONArray(elements))
  }

  /// The kind of this value.
  public var kind: JSONKind {
    switch self {
    case .null: .null
    case .bool: .bool
    case .number: .number
    case .string: .string
    case .array: .array
    case .object: .object
    }
  }

  /// The text, if this is a string.
  public var stringValue: String? {
    if case .string(let string) = self { string.text } else { nil }
  }

  /// The integer, if this is a number without fraction and exponent that fits.
  public var integerValue: Int64? {
    if case .number(let number) = self { number.integer } else { nil }
  }

  /// The truth value, if this is a boolean.
  public var boolValue: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The array, if this is one.
  public var arrayValue: JSONArray? {
    if case .array(let array) = self { array } else { nil }
  }

  /// The object, if this is one.
  public var objectValue: JSONObject? {
    if case .object(let object) = self { object } else { nil }
  }

  /// The UTF-8 of this value: the bytes it was read with, or a compact encoding.
  public func serialized() -> [UInt8] {
    var output: [UInt8] = []
    write(to: &output)
    return output
  }

  func write(to output: inout [UInt8]) {
    switch self {
    case .null: output.append(contentsOf: "null".utf8)
    case .bool(let value): output.append(contentsOf: (value ? "true" : "false").utf8)
    case .number(let number): number.write(to: &output)
    case .string(let string): string.write(to: &output)
    case .array(let array): array.write(to: &output)
    case .object(let object): object.write(to: &output)
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// A string value from a literal.
  public init(stringLiteral value: String) {
    self.init(value)
  }

  /// A number value from a literal.
  public init(integerLiteral value: Int64) {
    self.init(value)
  }

  /// A boolean value from a literal.
  public init(booleanLiteral value: Bool) {
    self = .bool(value)
  }

  /// An array value from a literal.
  public init(arrayLiteral elements: JSONValue...) {
    self.init(elements)
  }

  /// An object value from a literal; the order of the literal is kept.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(
      JSONObject(
        elements.map { JSONObject.Member(name: JSONString($0), value: $1) }))
  }
}
