internal import Journal
internal import Store

/// Changes of tags in words.
enum EditText {
  /// A digest as people recognise it: twelve digits, with the algorithm unless it is SHA-256.
  static func short(_ digest: Digest) -> String {
    let prefix = digest.algorithm == .sha256 ? "" : digest.algorithm.name + ":"
    return TerminalText.escaped(prefix + digest.shortForm)
  }

  /// One side of an edit: `none`, a digest, or several where another tool wrote duplicates.
  static func side(_ descriptors: [Descriptor]) -> String {
    descriptors.isEmpty ? "none" : descriptors.map { short($0.digest) }.joined(separator: ",")
  }

  /// The tag, or the digest in brackets of entries without one.
  static func key(_ key: EntryKey) -> String {
    switch key {
    case .name(let name): name.isEmpty ? "\"\"" : TerminalText.escaped(name)
    case .unnamed(let digest): "<\(short(digest))>"
    }
  }

  /// `latest: 3f2a1b9c0d1e -> 9bc14f0a7c11`.
  static func line(_ edit: TagEdit) -> String {
    "\(key(edit.key)): \(side(edit.before)) -> \(side(edit.after))"
  }

  /// The first edits, and how many more there are.
  static func summary(_ edits: [TagEdit], limit: Int = 2) -> String {
    if edits.isEmpty { return "no tag changed" }
    let first = edits.prefix(limit).map(line).joined(separator: ", ")
    return edits.count > limit ? "\(first), +\(edits.count - limit) more" : first
  }

  /// The edit as JSON, in the form that the records have.
  static func json(_ edit: TagEdit) -> JSONValue {
    var object: JSONObject = [:]
    switch edit.key {
    case .name(let name): object["ref"] = JSONValue(name)
    case .unnamed(let digest): object["unnamed"] = JSONValue(digest.description)
    }
    object["before"] = JSONValue(edit.before.map { .object($0.json) })
    object["after"] = JSONValue(edit.after.map { .object($0.json) })
    return .object(object)
  }
}

extension Timestamp {
  /// UTC to the second, as lists show it.
  var listed: String { Timestamp(secondsSinceEpoch: secondsSinceEpoch).description }
}
