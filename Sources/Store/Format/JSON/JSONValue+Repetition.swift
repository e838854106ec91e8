extension JSONValue {
  /// The name of a member that some object in the value has twice; nil when there is none.
  ///
  /// Readers differ in which of two members of one name counts (RFC 8259, section 4). O(n log n); the
  /// depth is what the document's limits let through.
  var repeatedMember: String? {
    switch self {
    case .object(let object):
      let members = object.members
      if members.count > 1 {
        var names: Set<ExactText> = []
        for member in members where !names.insert(ExactText(member.name.text)).inserted {
          return member.name.text
        }
      }
      for member in members {
        if let found = member.value.repeatedMember { return found }
      }
      return nil
    case .array(let array):
      for element in array.elements {
        if let found = element.repeatedMember { return found }
      }
      return nil
    default: return nil
    }
  }
}
