internal import Store

/// The tags of a layout, as `ls` prints them.
struct TagListing {
  private let index: ImageIndex

  init(_ index: ImageIndex) {
    self.index = index
  }

  /// One name a line in the order of the index, duplicates kept; entries without a name are skipped.
  ///
  /// A terminal gets names that cannot drive it; everything else gets them as they are.
  func write(to output: OutputWriter, asJSON: Bool) throws {
    if asJSON { return try output.document(json) }
    for entry in index.entries {
      guard let name = entry.referenceName else { continue }
      try output.line(output.isTerminal ? TerminalText.escaped(name) : name)
    }
  }

  /// `{"tags":[{"name":…,"descriptor":{…}},…]}`.
  var json: JSONValue {
    let tags: [JSONValue] = index.entries.compactMap { entry in
      entry.referenceName.map {
        ["name": JSONValue($0), "descriptor": .object(entry.descriptor.json)]
      }
    }
    return ["tags": JSONValue(tags)]
  }
}
