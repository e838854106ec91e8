/// Why a text is not accepted as JSON, and where.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong with the text.
  public enum Problem: Sendable, Equatable {
    /// The text has no value at all.
    case empty
    /// The text ends before its value is complete.
    case unexpectedEnd
    /// A byte stands where something else has to follow; the text says what.
    case unexpectedByte(UInt8, expected: String)
    /// Bytes follow the value.
    case trailingBytes
    /// The text begins with a byte order mark (RFC 8259, section 8.1).
    case byteOrderMark
    /// A string holds bytes that are not UTF-8.
    case invalidUTF8
    /// A string holds an unescaped control character.
    case controlCharacter(UInt8)
    /// A backslash is followed by something that is no escape.
    case invalidEscape
    /// A number breaks the grammar of RFC 8259, section 6.
    case invalidNumber
    /// Arrays and objects are nested deeper than the limit.
    case tooDeep(limit: Int)
    /// The text has more values and names than the limit.
    case tooManyValues(limit: Int)
    /// The text is longer than the limit, in bytes; nothing of it was read.
    case tooLarge(bytes: Int, limit: Int)
  }

  /// What is wrong.
  public let problem: Problem

  /// The name of the document, as the caller gave it.
  public let document: String

  /// The offset of the offending byte from the start of the text, in bytes.
  public let offset: Int

  /// The line of the offending byte, counted from 1.
  public let line: Int

  /// The byte within the line, counted from 1.
  public let column: Int

  /// A sentence that says what is wrong and where.
  public var description: String {
    switch problem {
    case .tooLarge: "\(document): \(problem.sentence)"
    default: "\(document): line \(line), column \(column) (byte \(offset)): \(problem.sentence)"
    }
  }
}

extension JSONError {
  init(_ fault: JSONFault, document: String, in bytes: [UInt8]) {
    let offset = min(fault.offset, bytes.count)
    var line = 1
    var lineStart = 0
    for (index, byte) in bytes[..<offset].enumerated() where byte == 0x0a {
      line += 1
      lineStart = index + 1
    }
    self.init(
      problem: fault.problem, document: document, offset: offset, line: line,
      column: offset - lineStart + 1)
  }
}

extension JSONError.Problem {
  fileprivate var sentence: String {
    switch self {
    case .empty: "there is no JSON value"
    case .unexpectedEnd: "the JSON text ends too early; the file may be torn"
    case .unexpectedByte(let byte, let expected):
      "unexpected \(Self.spelling(of: byte)) where \(expected) is expected"
    case .trailingBytes: "something follows the end of the JSON value"
    case .byteOrderMark: "the JSON text begins with a byte order mark"
    case .invalidUTF8: "a string is not valid UTF-8"
    case .controlCharacter(let byte):
      "a string holds the unescaped control character \(Self.spelling(of: byte))"
    case .invalidEscape: "a string holds an escape that JSON does not know"
    case .invalidNumber: "a number breaks the grammar of JSON"
    case .tooDeep(let limit): "arrays and objects are nested deeper than \(limit)"
    case .tooManyValues(let limit): "there are more than \(limit) values"
    case .tooLarge(let bytes, let limit):
      "the text has \(bytes) bytes, which is more than the accepted \(limit)"
    }
  }

  private static func spelling(of byte: UInt8) -> String {
    if byte > 0x20 && byte < 0x7f { return "'\(Character(Unicode.Scalar(byte)))'" }
    let digits = String(byte, radix: 16)
    return "byte 0x" + (digits.utf8.count < 2 ? "0" + digits : digits)
  }
}

/// A problem and its offset: what the scanner knows before lines are counted.
struct JSONFault: Error {
  let problem: JSONError.Problem
  let offset: Int

  init(_ problem: JSONError.Problem, at offset: Int) {
    self.problem = problem
    self.offset = offset
  }
}
