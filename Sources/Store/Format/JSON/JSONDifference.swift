/// How one JSON value differs from another: changes of members and elements, in the order of the
/// documents.
///
/// Neither the order of members nor spelling is a difference. Of arrays the common beginning and the
/// common end are left out; what is between was replaced.
public struct JSONDifference: Sendable, Equatable {
  /// A step from a value to one that it holds.
  public enum Step: Sendable, Equatable {
    /// The member of that name.
    case member(String)
    /// The element of that number, counted from 0.
    case element(Int)
  }

  /// One value that is new, gone, or another one.
  public struct Change: Sendable, Equatable {
    /// Where it is.
    public let path: [Step]
    /// What was there; nil when it is new.
    public let before: JSONValue?
    /// What is there; nil when it is gone.
    public let after: JSONValue?

    /// The path as a JSON pointer (RFC 6901).
    public var pointer: String {
      path.map { step in
        switch step {
        case .member(let name):
          "/"
            + name.split(separator: "~", omittingEmptySubsequences: false).joined(separator: "~0")
            .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
        case .element(let number): "/\(number)"
        }
      }.joined()
    }
  }

  /// The changes.
  public private(set) var changes: [Change] = []

  /// Whether both are the same.
  public var isEmpty: Bool { changes.isEmpty }

  /// Compares two values; nil stands for nothing at all.
  ///
  /// Linear in their size, but for objects, whose members are sorted.
  public init(from before: JSONValue?, to after: JSONValue?) {
    compare(before, after, at: [])
  }

  private mutating func compare(_ before: JSONValue?, _ after: JSONValue?, at path: [Step]) {
    switch (before, after) {
    case (.object(let before), .object(let after)): compare(before, after, at: path)
    case (.array(let before), .array(let after)):
      compare(before.elements, after.elements, at: path)
    default:
      if before != after { changes.append(Change(path: path, before: before, after: after)) }
    }
  }

  private mutating func compare(_ before: JSONObject, _ after: JSONObject, at path: [Step]) {
    let old = Self.values(of: before)
    let new = Self.values(of: after)
    let names = Self.names(of: before) + Self.names(of: after).filter { old[ExactText($0)] == nil }
    for name in names {
      let key = ExactText(name)
      compare(old[key], new[key], at: path + [.member(name)])
    }
  }

  private mutating func compare(_ before: [JSONValue], _ after: [JSONValue], at path: [Step]) {
    let shorter = min(before.count, after.count)
    var head = 0
    while head < shorter, before[head] == after[head] { head += 1 }
    var tail = 0
    while tail < shorter - head, before[before.count - 1 - tail] == after[after.count - 1 - tail] {
      tail += 1
    }
    let old = before[head..<(before.count - tail)]
    let new = after[head..<(after.count - tail)]
    if old.count == new.count {
      for index in old.indices { compare(old[index], new[index], at: path + [.element(index)]) }
      return
    }
    for index in old.indices {
      changes.append(Change(path: path + [.element(index)], before: old[index], after: nil))
    }
    for index in new.indices {
      changes.append(Change(path: path + [.element(index)], before: nil, after: new[index]))
    }
  }

  private static func values(of object: JSONObject) -> [ExactText: JSONValue] {
    var values: [ExactText: JSONValue] = [:]
    for member in object.members { values[ExactText(member.name.text)] = member.value }
    return values
  }

  /// The names, each once.
  private static func names(of object: JSONObject) -> [String] {
    var seen: Set<ExactText> = []
    return object.members.map(\.name.text).filter { seen.insert(ExactText($0)).inserted }
  }
}
