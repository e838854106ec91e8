/// A JSON array that keeps the bytes it was read with until it is edited.
public struct JSONArray: Sendable, Equatable, ExpressibleByArrayLiteral {
  private enum Storage {
    case source(JSONSource, node: Int)
    case elements([JSONValue])
  }

  private var storage: Storage

  /// An array that is written without white space between its elements.
  public init(_ elements: [JSONValue] = []) {
    storage = .elements(elements)
  }

  /// An array from a literal.
  public init(arrayLiteral elements: JSONValue...) {
    storage = .elements(elements)
  }

  init(source: JSONSource, node: Int) {
    storage = .source(source, node: node)
  }

  /// The elements in order.
  ///
  /// O(n). Setting them makes this array, but not its elements, written anew.
  public var elements: [JSONValue] {
    get {
      switch storage {
      case .elements(let elements): return elements
      case .source(let source, let node):
        var elements: [JSONValue] = []
        let end = Int(source.nodes[node].next)
        var index = node + 1
        while index < end {
          elements.append(source.value(at: index))
          index = Int(source.nodes[index].next)
        }
        return elements
      }
    }
    set { storage = .elements(newValue) }
  }

  /// Whether the array has no element.
  public var isEmpty: Bool {
    switch storage {
    case .source(let source, let node): Int(source.nodes[node].next) == node + 1
    case .elements(let elements): elements.isEmpty
    }
  }

  /// Adds an element at the end.
  public mutating func append(_ value: JSONValue) {
    elements.append(value)
  }

  func write(to output: inout [UInt8]) {
    switch storage {
    case .source(let source, let node): source.append(node: node, to: &output)
    case .elements(let elements):
      output.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        element.write(to: &output)
      }
      output.append(UInt8(ascii: "]"))
    }
  }

  /// Whether both arrays have equal elements in the same order.
  public static func == (left: JSONArray, right: JSONArray) -> Bool {
    left.elements == right.elements
  }
}
