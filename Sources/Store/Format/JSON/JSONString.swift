/// A JSON string that keeps the spelling it was read with.
///
/// A lone surrogate escape (`\ud800`) is accepted: its bytes survive, and its text shows U+FFFD, as in
/// Go. Equality compares the UTF-8 of the texts, not their canonical equivalence.
public struct JSONString: Sendable, Equatable, ExpressibleByStringLiteral, CustomStringConvertible {
  private enum Storage {
    case source(JSONSource, node: Int)
    case text(String)
  }

  private let storage: Storage

  /// A string that is written with the escapes Go's encoder uses.
  public init(_ text: String) {
    storage = .text(text)
  }

  /// A string from a literal.
  public init(stringLiteral value: String) {
    storage = .text(value)
  }

  init(source: JSONSource, node: Int) {
    storage = .source(source, node: node)
  }

  /// The text with its escapes resolved.
  public var text: String {
    switch storage {
    case .source(let source, let node): source.text(at: node)
    case .text(let text): text
    }
  }

  /// The text.
  public var description: String { text }

  /// Whether the text has exactly the UTF-8 of `other`.
  public func hasText(_ other: String) -> Bool {
    var other = other
    return other.withUTF8 { hasText($0) }
  }

  func hasText(_ other: UnsafeBufferPointer<UInt8>) -> Bool {
    switch storage {
    case .source(let source, let node): source.text(at: node, equals: other)
    case .text(let text): text.utf8.elementsEqual(other)
    }
  }

  /// The string with its quotes, as it is spelt.
  var quoted: [UInt8] {
    var output: [UInt8] = []
    write(to: &output)
    return output
  }

  func write(to output: inout [UInt8]) {
    switch storage {
    case .source(let source, let node): source.append(node: node, to: &output)
    case .text(let text): JSONEscapes.append(text, style: .compatible, to: &output)
    }
  }

  /// Whether both texts have the same UTF-8.
  public static func == (left: JSONString, right: JSONString) -> Bool {
    left.hasText(right.text)
  }
}
