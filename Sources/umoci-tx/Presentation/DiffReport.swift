internal import Journal
internal import Layers
internal import Mutations
internal import Store

/// What `diff` tells: one part for each tag, or a single one.
struct DiffReport {
  /// How one image differs from another.
  struct Part {
    /// The edit of the tag; nil where two images are compared directly.
    let edit: TagEdit?
    let difference: ImageDifference?
    /// The paths that differ, when they were asked for.
    let files: [FileChange]?
    /// Why the images could not be compared.
    var failure: String?

    /// Compares the files as well, where they are wanted.
    init(
      title edit: TagEdit?, _ difference: ImageDifference, _ lookup: ImageLookup, withFiles: Bool
    ) throws {
      self.edit = edit
      self.difference = difference
      files =
        withFiles
        ? try FileDifference.changes(
          from: difference.before, to: difference.after, in: lookup.layout) : nil
    }

    fileprivate init(_ edit: TagEdit, failure: String?) {
      self.edit = edit
      self.failure = failure
      difference = nil
      files = nil
    }

    /// Whether something became something else, and was neither new nor removed.
    var hasBothSides: Bool { difference?.before != nil && difference?.after != nil }

    /// Whether there is nothing to tell.
    var isEmpty: Bool { edit == nil && difference?.isEmpty != false && files?.isEmpty != false }
  }

  var parts: [Part]

  /// Whether both sides are the same.
  var isEmpty: Bool { parts.allSatisfy(\.isEmpty) }
}

extension DiffReport {
  /// How many tags of an operation are looked into.
  private static let lookedInto = 100

  /// Compares what tags were with what they are; an image that is gone is told, and is no failure.
  init(_ edits: [TagEdit], _ lookup: ImageLookup, withFiles: Bool) throws {
    parts = []
    for (number, edit) in edits.enumerated() {
      guard number < Self.lookedInto, edit.before.count <= 1, edit.after.count <= 1 else {
        parts.append(Part(edit, failure: nil))
        continue
      }
      do {
        let difference = try ImageDifference(
          from: edit.before.first, to: edit.after.first, read: lookup.read)
        parts.append(try Part(title: edit, difference, lookup, withFiles: withFiles))
      } catch let error as BlobError {
        if withFiles { throw error }
        parts.append(Part(edit, failure: "\(error)"))
      }
    }
  }

  /// Writes it as text or as JSON.
  func write(to output: OutputWriter, asJSON: Bool) throws {
    if asJSON { return try output.document(json) }
    for line in lines(style: output.style) { try output.line(line) }
  }

  /// Writes, behind a list of tags, how the images differ; nothing where none does.
  func writeDetails(to output: OutputWriter) throws {
    let telling = parts.filter { $0.difference?.isEmpty == false && $0.hasBothSides }
    if telling.isEmpty { return }
    try output.line()
    for line in DiffReport(parts: telling).lines(style: output.style) { try output.line(line) }
  }

  /// The lines for people; nothing when both are the same.
  func lines(style: TextStyle) -> [String] {
    parts.flatMap { part in
      let text = DifferenceLines(style: style)
      var lines = part.difference.map(text.lines) ?? []
      if let files = part.files, !files.isEmpty { lines += ["files:"] + text.lines(files) }
      if let failure = part.failure {
        lines.append("(cannot be compared: \(TerminalText.escaped(failure)))")
      }
      guard let edit = part.edit else { return lines }
      return [style.bold(EditText.line(edit))] + lines.map { "  " + $0 }
    }
  }

  /// `{"same":…,"differences":[…]}`.
  var json: JSONValue {
    [
      "same": .bool(isEmpty), "differences": JSONValue(parts.filter { !$0.isEmpty }.map(\.json)),
    ]
  }
}
