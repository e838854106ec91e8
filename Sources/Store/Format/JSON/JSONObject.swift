/// A JSON object: ordered members, duplicates included, whose bytes are kept until it is edited.
///
/// Of members with the same name the last counts. Names are compared by their UTF-8.
public struct JSONObject: Sendable, Equatable, ExpressibleByDictionaryLiteral {
  /// A name and its value.
  public struct Member: Sendable, Equatable {
    /// The name, in the spelling it was read with.
    public let name: JSONString
    /// The value.
    public var value: JSONValue

    /// A member of the given name and value.
    public init(name: JSONString, value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  private enum Storage {
    case source(JSONSource, node: Int)
    case members([Member])
  }

  private var storage: Storage

  /// An object that is written without white space between its members.
  public init(_ members: [Member] = []) {
    storage = .members(members)
  }

  /// An object from a literal; the order of the literal is kept.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    storage = .members(elements.map { Member(name: JSONString($0), value: $1) })
  }

  init(source: JSONSource, node: Int) {
    storage = .source(source, node: node)
  }

  /// The members in order, duplicates included.
  ///
  /// O(n). Setting them makes this object, but not the values in it, written anew.
  public var members: [Member] {
    get {
      switch storage {
      case .members(let members): return members
      case .source(let source, let node):
        var members: [Member] = []
        let end = Int(source.nodes[node].next)
        var index = node + 1
        while index < end {
          let name = JSONString(source: source, node: index)
          members.append(Member(name: name, value: source.value(at: index + 1)))
          index = Int(source.nodes[index + 1].next)
        }
        return members
      }
    }
    set { storage = .members(newValue) }
  }

  /// Whether the object has no member.
  public var isEmpty: Bool {
    switch storage {
    case .source(let source, let node): Int(source.nodes[node].next) == node + 1
    case .members(let members): members.isEmpty
    }
  }

  /// The last value of that name.
  ///
  /// Setting replaces it in place, or appends a member; other members of the same name are removed,
  /// so that every reader agrees on the value afterwards. Setting nil removes all of them.
  public subscript(name: String) -> JSONValue? {
    get { value(named: name) }
    set {
      if let newValue {
        set(newValue, for: name, before: [])
      } else {
        remove(name)
      }
    }
  }

  /// Whether there is a member of that name.
  public func contains(_ name: String) -> Bool {
    value(named: name) != nil
  }

  /// Removes all members of that name; an object without one keeps its bytes.
  public mutating func remove(_ name: String) {
    if contains(name) { members.removeAll { $0.name.hasText(name) } }
  }

  /// Replaces the value of that name in place, or inserts it before the first member named in `later`.
  ///
  /// Without such a member it goes to the end. This keeps the order of members that Go's typed
  /// encoders would have written.
  public mutating func set(_ value: JSONValue, for name: String, before later: [String]) {
    var members = members
    if let position = members.lastIndex(where: { $0.name.hasText(name) }) {
      members[position].value = value
      if members.firstIndex(where: { $0.name.hasText(name) }) != position {
        var index = -1
        members.removeAll { member in
          index += 1
          return index != position && member.name.hasText(name)
        }
      }
    } else {
      let member = Member(name: JSONString(name), value: value)
      let position = members.firstIndex { later.contains($0.name.text) } ?? members.endIndex
      members.insert(member, at: position)
    }
    self.members = members
  }

  private func value(named name: String) -> JSONValue? {
    switch storage {
    case .members(let members):
      return members.last { $0.name.hasText(name) }?.value
    case .source(let source, let node):
      var name = name
      return name.withUTF8 { bytes in
        let end = Int(source.nodes[node].next)
        var found: Int?
        var index = node + 1
        while index < end {
          if source.text(at: index, equals: bytes) { found = index + 1 }
          index = Int(source.nodes[index + 1].next)
        }
        return found.map(source.value(at:))
      }
    }
  }

  func write(to output: inout [UInt8]) {
    switch storage {
    case .source(let source, let node): source.append(node: node, to: &output)
    case .members(let members):
      output.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        member.name.write(to: &output)
        output.append(UInt8(ascii: ":"))
        member.value.write(to: &output)
      }
      output.append(UInt8(ascii: "}"))
    }
  }

  /// Whether both objects hold the same names with equal values, in whatever order.
  ///
  /// Of duplicates only the last is compared.
  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    let first = left.effectiveMembers
    let second = right.effectiveMembers
    return first.count == second.count
      && zip(first, second).allSatisfy { $0.name == $1.name && $0.value == $1.value }
  }

  /// The members that count, sorted by the UTF-8 of their names.
  var effectiveMembers: [(name: JSONString, value: JSONValue)] {
    var sorted: [(name: [UInt8], position: Int)] = []
    let members = members
    for (position, member) in members.enumerated() {
      sorted.append((Array(member.name.text.utf8), position))
    }
    sorted.sort {
      $0.name == $1.name
        ? $0.position < $1.position : $0.name.lexicographicallyPrecedes($1.name)
    }
    var result: [(name: JSONString, value: JSONValue)] = []
    for (index, entry) in sorted.enumerated() {
      if index + 1 < sorted.count && sorted[index + 1].name == entry.name { continue }
      result.append((members[entry.position].name, members[entry.position].value))
    }
    return result
  }
}
