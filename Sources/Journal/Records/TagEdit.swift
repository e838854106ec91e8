public import Store

/// What an entry of index.json is known by.
public enum EntryKey: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The entries with that reference name.
  case name(String)
  /// The entries without a name that point to that digest.
  case unnamed(Digest)

  /// The key of an entry.
  public init(_ entry: IndexEntry) {
    self = entry.referenceName.map { .name($0) } ?? .unnamed(entry.descriptor.digest)
  }

  /// Names before digests, each by their bytes.
  public static func < (left: EntryKey, right: EntryKey) -> Bool {
    switch (left, right) {
    case (.name(let left), .name(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
    case (.name, .unnamed): true
    case (.unnamed, .name): false
    case (.unnamed(let left), .unnamed(let right)): left < right
    }
  }

  /// The name, or the digest in brackets, which no name can contain.
  public var description: String {
    switch self {
    case .name(let name): name
    case .unnamed(let digest): "<\(digest)>"
    }
  }
}

/// One change of index.json: the entries of one key before and after.
///
/// Usually one entry at most on each side; other tools write duplicates, and those are kept.
public struct TagEdit: Equatable, Sendable {
  /// Which entries.
  public let key: EntryKey
  /// The entries before; empty when there were none.
  public let before: [Descriptor]
  /// The entries after; empty when they are removed.
  public let after: [Descriptor]

  /// Makes an edit from its parts.
  public init(key: EntryKey, before: [Descriptor], after: [Descriptor]) {
    self.key = key
    self.before = before
    self.after = after
  }

  /// The edit that takes this one back.
  public var inverse: TagEdit { TagEdit(key: key, before: after, after: before) }
}

extension TagEdit {
  /// The edit as it stands in records.
  var json: JSONValue {
    var members: [JSONObject.Member] = []
    switch key {
    case .name(let name): members.append(.init(name: "ref", value: JSONValue(name)))
    case .unnamed(let digest):
      members.append(.init(name: "unnamed", value: JSONValue(digest.description)))
    }
    members.append(.init(name: "before", value: JSONValue(before.map { .object($0.json) })))
    members.append(.init(name: "after", value: JSONValue(after.map { .object($0.json) })))
    return .object(JSONObject(members))
  }

  /// Reads an edit of a record.
  init(json: JSONValue) throws {
    guard let object = json.objectValue else { throw RecordError.malformed("edit") }
    if let name = object["ref"]?.stringValue {
      key = .name(name)
    } else if let text = object["unnamed"]?.stringValue {
      key = .unnamed(try Digest(parsing: text))
    } else {
      throw RecordError.malformed("edit without key")
    }
    before = try Self.descriptors(object["before"])
    after = try Self.descriptors(object["after"])
  }

  static func descriptors(_ value: JSONValue?) throws -> [Descriptor] {
    guard let elements = value?.arrayValue?.elements else { throw RecordError.malformed("edit") }
    // Records are canonical, which sorts members; in index.json people expect the usual order.
    return try elements.map { try Descriptor(json: $0).inUsualOrder() }
  }
}
