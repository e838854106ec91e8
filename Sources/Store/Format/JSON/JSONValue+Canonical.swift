extension JSONValue {
  /// How `rendered(_:)` lays out a value.
  public enum Layout: Sendable {
    /// As RFC 8785: sorted names (by UTF-16), no white space, only the escapes that must be.
    ///
    /// Of duplicate names the last survives. Numbers keep their spelling, hence equal bytes are only
    /// promised for integers in plain decimal, which are all that our own records hold.
    case canonical
    /// One element a line, with a tab for each level; strings are escaped as Go's encoder does.
    case tabs
    /// One element a line, with two spaces for each level; strings are escaped as Go's encoder does.
    case spaces
    /// No white space between tokens; order, spelling and duplicates are kept.
    ///
    /// Within strings `<`, `>`, `&`, U+2028 and U+2029 become escapes, as Go does when it embeds
    /// foreign JSON.
    case compact
  }

  /// The UTF-8 of this value in a given layout, without a newline at the end.
  public func rendered(_ layout: Layout) -> [UInt8] {
    var renderer = JSONRenderer(layout: layout)
    renderer.append(self, depth: 0)
    return renderer.output
  }
}

/// Writes whole values in a layout; it recurses no deeper than the reader's depth limit.
private struct JSONRenderer {
  let layout: JSONValue.Layout
  var output: [UInt8] = []

  mutating func append(_ value: JSONValue, depth: Int) {
    switch value {
    case .null, .bool, .number: value.write(to: &output)
    case .string(let string): append(string)
    case .array(let array): append(array, depth: depth)
    case .object(let object): append(object, depth: depth)
    }
  }

  private mutating func append(_ string: JSONString) {
    switch layout {
    case .canonical: JSONEscapes.append(string.text, style: .canonical, to: &output)
    case .tabs, .spaces: JSONEscapes.append(string.text, style: .compatible, to: &output)
    case .compact: JSONEscapes.append(raw: string.quoted, to: &output)
    }
  }

  private mutating func append(_ array: JSONArray, depth: Int) {
    output.append(UInt8(ascii: "["))
    let elements = array.elements
    for (index, element) in elements.enumerated() {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      newLine(depth + 1)
      append(element, depth: depth + 1)
    }
    if !elements.isEmpty { newLine(depth) }
    output.append(UInt8(ascii: "]"))
  }

  private mutating func append(_ object: JSONObject, depth: Int) {
    output.append(UInt8(ascii: "{"))
    let members = self.members(of: object)
    for (index, member) in members.enumerated() {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      newLine(depth + 1)
      append(member.name)
      output.append(UInt8(ascii: ":"))
      if isPretty { output.append(0x20) }
      append(member.value, depth: depth + 1)
    }
    if !members.isEmpty { newLine(depth) }
    output.append(UInt8(ascii: "}"))
  }

  private func members(of object: JSONObject) -> [JSONObject.Member] {
    guard layout == .canonical else { return object.members }
    let effective = object.effectiveMembers.map {
      JSONObject.Member(name: $0.name, value: $0.value)
    }
    return effective.sorted {
      $0.name.text.utf16.lexicographicallyPrecedes($1.name.text.utf16)
    }
  }

  private var isPretty: Bool { layout == .tabs || layout == .spaces }

  private mutating func newLine(_ depth: Int) {
    if !isPretty { return }
    output.append(0x0a)
    for _ in 0..<depth { output.append(contentsOf: layout == .tabs ? [0x09] : [0x20, 0x20]) }
  }
}
