internal import Layers
internal import Mutations
internal import Store

extension DiffReport {
  /// The differences of documents as a list; files are left out.
  var json: JSONValue { JSONValue(parts.map { .object($0.json) }) }

  /// Writes `{"same":…,"differences":[…]}` on one line, a path at a time.
  func writeJSON(to output: OutputWriter) throws {
    let telling = try parts.filter { try !$0.isEmpty() }
    try output.raw(Array(#"{"same":\#(telling.isEmpty),"differences":["#.utf8))
    for (number, part) in telling.enumerated() {
      if number > 0 { try output.raw([UInt8(ascii: ",")]) }
      try part.writeJSON(to: output)
    }
    try output.line("]}")
  }
}

extension DiffReport.Part {
  /// Writes the part as a JSON object whose last member are the files.
  fileprivate func writeJSON(to output: OutputWriter) throws {
    var text = JSONText.terminalSafe(JSONValue.object(json).rendered(.compact))
    guard let files else { return try output.raw(text) }
    text.removeLast()
    try output.raw(text + Array(#","files":["#.utf8))
    var separator: [UInt8] = []
    try files.visit { change in
      let text = JSONText.terminalSafe(Self.json(change).rendered(.compact))
      try output.raw(separator + text)
      separator = [UInt8(ascii: ",")]
    }
    files.forget()
    try output.raw(Array("]}".utf8))
  }

  /// The part as JSON but for its files; members that tell of no difference are left out.
  fileprivate var json: JSONObject {
    var object = JSONObject()
    if let edit { object["tag"] = EditText.json(edit) }
    if let difference { object["image"] = Self.json(difference) }
    if let failure { object["failure"] = JSONValue(failure) }
    return object
  }

  private static func json(_ difference: ImageDifference) -> JSONValue {
    var object: JSONObject = [
      "before": difference.before.map { .object($0.descriptor.json) } ?? .null,
      "after": difference.after.map { .object($0.descriptor.json) } ?? .null,
    ]
    if !difference.config.isEmpty { object["config"] = DifferenceText.json(difference.config) }
    if !difference.manifest.isEmpty {
      object["manifest"] = DifferenceText.json(difference.manifest)
    }
    let (removed, added) = (difference.removedHistory, difference.addedHistory)
    if !removed.isEmpty || !added.isEmpty {
      object["history"] = [
        "removed": JSONValue(removed.map { .object($0.json) }),
        "added": JSONValue(added.map { .object($0.json) }),
      ]
    }
    object["layers"] = [
      "common": JSONValue(Int64(difference.layers.commonCount)),
      "removed": JSONValue(difference.layers.removed.map { .object($0.descriptor.json) }),
      "added": JSONValue(difference.layers.added.map { .object($0.descriptor.json) }),
    ]
    if !difference.platforms.isEmpty {
      object["platforms"] = JSONValue(
        difference.platforms.map { platform in
          ["platform": JSONValue(platform.name), "image": json(platform.difference)]
        })
    }
    return .object(object)
  }

  private static func json(_ change: FileChange) -> JSONValue {
    var object: JSONObject = [
      "path": JSONValue("/" + String(decoding: change.path, as: UTF8.self))
    ]
    if let before = change.before { object["before"] = json(before) }
    if let after = change.after { object["after"] = json(after) }
    return .object(object)
  }

  private static func json(_ file: LayerFile) -> JSONValue {
    let mode = String(file.permissions, radix: 8)
    var object: JSONObject = [
      "type": JSONValue(file.kind.rawValue),
      "mode": JSONValue(String(repeating: "0", count: max(0, 4 - mode.utf8.count)) + mode),
      "uid": JSONValue(Int64(file.userID)), "gid": JSONValue(Int64(file.groupID)),
    ]
    if file.kind == .regular { object["size"] = JSONValue(file.size) }
    if let content = file.content { object["digest"] = JSONValue(content.description) }
    if !file.linkTarget.isEmpty {
      object["target"] = JSONValue(String(decoding: file.linkTarget, as: UTF8.self))
    }
    if !file.device.isEmpty {
      object["device"] = JSONValue(file.device.map { JSONValue(Int64($0)) })
    }
    if let attributes = file.attributes { object["xattrs"] = JSONValue(attributes.description) }
    return .object(object)
  }
}
