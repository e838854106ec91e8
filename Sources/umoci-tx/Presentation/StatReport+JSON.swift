internal import Store

extension StatReport {
  /// `{"manifest":…,"config":…,"history":[…]}`, `{"index":…}` or `{"blob":…}`; umoci-behaviour §1.8.
  var json: JSONValue {
    let descriptor = JSONValue.object(inspection.descriptor.json)
    switch inspection.document {
    case .index(let index):
      let document = try? JSONDocument(parsing: index.serialized(), limits: .blob, named: "index")
      return ["index": ["descriptor": descriptor, "blob": document?.root ?? .null]]
    case .opaque:
      return ["blob": ["descriptor": descriptor]]
    case .manifest(let manifest):
      var object: JSONObject = [
        "manifest": ["descriptor": descriptor, "blob": .object(manifest.json)]
      ]
      if let config = inspection.config {
        object["config"] = [
          "descriptor": .object(manifest.config.json), "blob": Self.blob(config),
        ]
      }
      object["history"] = inspection.history.map { JSONValue($0.map(Self.row)) }
      return .object(object)
    }
  }

  /// The document itself; null for embedded data that is no JSON.
  private static func blob(_ config: ImageInspection.Config) -> JSONValue {
    switch config {
    case .image(let config): return .object(config.json)
    case .other(let bytes):
      let document = try? JSONDocument(parsing: bytes, limits: .blob, named: "config")
      return document?.root ?? .null
    }
  }

  private static func row(_ row: ImageInspection.HistoryRow) -> JSONValue {
    var object: JSONObject = [
      "layer": row.layer.map { .object($0.json) } ?? .null,
      "diff_id": JSONValue(row.diffID?.description ?? ""),
    ]
    let entry = row.entry
    let texts = [
      ("created", entry.created?.description), ("created_by", entry.createdBy),
      ("author", entry.author), ("comment", entry.comment),
    ]
    for (name, text) in texts {
      if let text, !text.isEmpty { object[name] = JSONValue(text) }
    }
    if entry.isEmptyLayer { object["empty_layer"] = true }
    return .object(object)
  }
}
