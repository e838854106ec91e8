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
    let files: FileDifference?
    /// Why the images could not be compared.
    var failure: String?

    /// Tells of one difference; `comparison` is how files are compared, where they are wanted.
    init(title edit: TagEdit?, _ difference: ImageDifference, _ comparison: FileComparison?) {
      self.edit = edit
      self.difference = difference
      files = comparison?.difference(difference)
    }

    fileprivate init(_ edit: TagEdit, failure: String?) {
      self.edit = edit
      self.failure = failure
      difference = nil
      files = nil
    }

    /// Whether something became something else, and was neither new nor removed.
    var hasBothSides: Bool { difference?.before != nil && difference?.after != nil }

    /// Whether there is nothing to tell; may read layers.
    func isEmpty() throws -> Bool {
      guard edit == nil, difference?.isEmpty != false else { return false }
      return try files?.isEmpty() ?? true
    }
  }

  var parts: [Part]

  /// Whether both sides are the same; may read layers.
  func isEmpty() throws -> Bool { try parts.allSatisfy { try $0.isEmpty() } }
}

/// How files are compared: with which blobs, and where very many paths are kept for the time.
struct FileComparison {
  let blobs: StoredBlobs
  let spoolDirectory: String

  /// The comparison of an image's two sides.
  fileprivate func difference(_ images: ImageDifference) -> FileDifference {
    FileDifference(
      from: images.before, to: images.after, in: blobs, spoolDirectory: spoolDirectory)
  }
}

extension DiffReport {
  /// How many tags of an operation are looked into.
  private static let lookedInto = 100

  /// Compares what tags were with what they are; an image that is gone is told, and is no failure.
  init(_ edits: [TagEdit], _ lookup: ImageLookup, files comparison: FileComparison? = nil) throws {
    parts = []
    for (number, edit) in edits.enumerated() {
      guard number < Self.lookedInto, edit.before.count <= 1, edit.after.count <= 1 else {
        parts.append(Part(edit, failure: nil))
        continue
      }
      do {
        let difference = try ImageDifference(
          from: edit.before.first, to: edit.after.first, read: lookup.read)
        parts.append(Part(title: edit, difference, comparison))
      } catch let error as BlobError {
        if comparison != nil { throw error }
        parts.append(Part(edit, failure: "\(error)"))
      }
    }
  }

  /// Writes it as text or as JSON, a path at a time.
  func write(to output: OutputWriter, asJSON: Bool) throws {
    if asJSON { return try writeJSON(to: output) }
    for part in parts { try part.write(to: output) }
  }

  /// Writes, behind a list of tags, how the images differ; nothing where none does.
  func writeDetails(to output: OutputWriter) throws {
    let telling = parts.filter { $0.difference?.isEmpty == false && $0.hasBothSides }
    if telling.isEmpty { return }
    try output.line()
    for part in telling { try part.write(to: output) }
  }
}

extension DiffReport.Part {
  /// Writes the lines for people; nothing when both sides are the same.
  fileprivate func write(to output: OutputWriter) throws {
    let text = DifferenceLines(style: output.style)
    if let edit { try output.line(output.style.bold(EditText.line(edit))) }
    let indent = edit == nil ? "" : "  "
    for line in difference.map(text.lines) ?? [] { try output.line(indent + line) }
    if let failure {
      try output.line("\(indent)(cannot be compared: \(TerminalText.escaped(failure)))")
    }
    var isFirst = true
    try files?.visit { change in
      if isFirst { try output.line(indent + "files:") }
      isFirst = false
      try output.line(indent + "  " + text.line(change))
    }
    files?.forget()
  }
}
