/// The kind of a JSON value.
public enum JSONKind: UInt8, Sendable, Equatable, CustomStringConvertible {
  /// The literal `null`.
  case null
  /// The literals `true` and `false`.
  case bool
  /// A number.
  case number
  /// A string.
  case string
  /// An array.
  case array
  /// An object.
  case object

  /// The word for this kind in a sentence.
  public var description: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

/// One value or member name of a parsed text: where its bytes are and where its subtree ends.
struct JSONNode {
  /// The offset of the first byte.
  var start: UInt32
  /// The offset behind the last byte.
  var end: UInt32
  /// The position, in the list of nodes, behind the last node of this subtree.
  var next: UInt32
  var kind: JSONKind
  /// Whether a string holds a backslash, or a boolean is true.
  var flag: Bool
}

/// A parsed text: its bytes and, in document order, its nodes.
///
/// An object's node is followed by name, value, name, value …, an array's by its elements, each with
/// its own subtree. Values refer to this shared source and decode what is asked for, so that parsing
/// allocates nothing per value and an untouched value keeps its bytes.
final class JSONSource: Sendable {
  let bytes: [UInt8]
  let nodes: [JSONNode]

  init(bytes: [UInt8], nodes: [JSONNode]) {
    self.bytes = bytes
    self.nodes = nodes
  }

  func value(at index: Int) -> JSONValue {
    let node = nodes[index]
    switch node.kind {
    case .null: return .null
    case .bool: return .bool(node.flag)
    case .number: return .number(JSONNumber(source: self, node: index))
    case .string: return .string(JSONString(source: self, node: index))
    case .array: return .array(JSONArray(source: self, node: index))
    case .object: return .object(JSONObject(source: self, node: index))
    }
  }

  func rawBytes(at index: Int) -> ArraySlice<UInt8> {
    let node = nodes[index]
    return bytes[Int(node.start)..<Int(node.end)]
  }

  func append(node index: Int, to output: inout [UInt8]) {
    let node = nodes[index]
    bytes.withUnsafeBufferPointer { buffer in
      output.append(
        contentsOf: UnsafeBufferPointer(rebasing: buffer[Int(node.start)..<Int(node.end)]))
    }
  }

  /// The text of a string node, its escapes resolved.
  func text(at index: Int) -> String {
    let node = nodes[index]
    let content = Int(node.start) + 1..<Int(node.end) - 1
    return bytes.withUnsafeBufferPointer { buffer in
      let raw = UnsafeBufferPointer(rebasing: buffer[content])
      if !node.flag { return String(decoding: raw, as: UTF8.self) }
      return String(decoding: JSONEscapes.resolved(raw), as: UTF8.self)
    }
  }

  /// Whether the string node's content is exactly this UTF-8.
  func text(at index: Int, equals name: UnsafeBufferPointer<UInt8>) -> Bool {
    let node = nodes[index]
    let start = Int(node.start) + 1
    let length = Int(node.end) - 1 - start
    return bytes.withUnsafeBufferPointer { buffer in
      if node.flag {
        let raw = UnsafeBufferPointer(rebasing: buffer[start..<start + length])
        return JSONEscapes.resolved(raw).elementsEqual(name)
      }
      return length == name.count && bytesAreEqual(buffer, from: start, name)
    }
  }
}

/// Compares as many bytes as `other` has; the caller has checked that they exist.
private func bytesAreEqual(
  _ buffer: UnsafeBufferPointer<UInt8>, from start: Int, _ other: UnsafeBufferPointer<UInt8>
) -> Bool {
  var index = 0
  while index < other.count {
    if buffer[start &+ index] != other[index] { return false }
    index &+= 1
  }
  return true
}
