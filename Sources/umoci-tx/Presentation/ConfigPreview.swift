internal import Journal
internal import Mutations
internal import Store

/// What a dry run of `config` shows: the tags, and how the documents would differ.
struct ConfigPreview {
  let edits: [TagEdit]
  let editor: ImageEditor

  /// Writes it as text or as JSON.
  func write(to output: OutputWriter, asJSON: Bool) throws {
    if asJSON { return try output.document(json) }
    for line in OutcomeReport.planned(edits).lines(style: output.style) { try output.line(line) }
    for (title, difference) in documents where !difference.isEmpty {
      try output.line("in the \(title):")
      for line in DifferenceText.lines(difference, style: output.style) {
        try output.line("  " + line)
      }
    }
  }

  private var documents: [(String, JSONDifference)] {
    [("config", editor.configDifference), ("manifest", editor.manifestDifference)]
  }

  /// The dry run's JSON with the differences of both documents.
  var json: JSONValue {
    var object = OutcomeReport.planned(edits).json.objectValue ?? JSONObject()
    object["config"] = DifferenceText.json(editor.configDifference)
    object["manifest"] = DifferenceText.json(editor.manifestDifference)
    return .object(object)
  }
}
