extension JSONObject {
  /// Applies a JSON merge patch (RFC 7396): null removes a member, objects are merged, and any other
  /// value replaces what was there.
  ///
  /// Members that the patch does not name, or that have its value already, keep their bytes, and the
  /// patch's own values keep theirs. New members go to the place their name has in `order`, or to
  /// the end. It recurses no deeper than the patch is nested.
  public mutating func merge(_ patch: JSONObject, order: [String] = []) {
    var seen: Set<ExactText> = []
    for member in patch.members {
      let name = member.name.text
      // Of duplicates the last counts, as everywhere.
      guard seen.insert(ExactText(name)).inserted, let value = patch[name] else { continue }
      merge(value, for: name, order)
    }
  }

  private mutating func merge(_ value: JSONValue, for name: String, _ order: [String]) {
    switch value {
    case .null:
      remove(name)
    case .object(let patch):
      var object = self[name]?.objectValue ?? JSONObject()
      object.merge(patch)
      if self[name] != .object(object) { set(.object(object), for: name, in: order) }
    default:
      if self[name] != value { set(value, for: name, in: order) }
    }
  }
}
