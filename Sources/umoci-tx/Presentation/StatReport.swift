internal import Store

/// What `stat` tells about an image, an artifact, an index, or anything else that has a tag.
struct StatReport {
  let inspection: ImageInspection

  /// The lines; umoci-behaviour §1.8.
  var lines: [String] {
    var text = IndentedText()
    switch inspection.document {
    case .manifest(let manifest): add(manifest, to: &text)
    case .index(let index): add(index, to: &text)
    case .opaque: text.add("== BLOB ==")
    }
    text.add(inspection.descriptor)
    guard case .manifest(let manifest) = inspection.document, let config = inspection.config else {
      return text.lines
    }
    text.add("")
    text.add("== CONFIG ==")
    if case .image(let config) = config { StatConfigText.add(config, to: &text) }
    text.add(manifest.config)
    if let history = inspection.history {
      text.add("")
      text.add("== HISTORY ==")
      for line in Self.table(history) { text.add(line) }
    }
    return text.lines
  }

  private func add(_ manifest: ImageManifest, to text: inout IndentedText) {
    text.add("== MANIFEST ==")
    // Reading accepts no other version.
    text.add("Schema Version: 2")
    text.add("Media Type", manifest.mediaType?.rawValue ?? "")
    text.add("Artifact Type", ifPresent: manifest.artifactType)
    text.add("Config:")
    text.add(manifest.config, indent: 1)
    if !manifest.layers.isEmpty { text.add("Layers:") }
    for layer in manifest.layers { text.add(layer, indent: 1) }
    addSubject(manifest.subject, manifest.annotations, to: &text)
  }

  private func add(_ index: ImageIndex, to text: inout IndentedText) {
    text.add("== INDEX ==")
    text.add("Schema Version: 2")
    text.add("Media Type", index.mediaType?.rawValue ?? "")
    text.add("Artifact Type", ifPresent: index.artifactType)
    if !index.entries.isEmpty { text.add("Manifests:") }
    for entry in index.entries { text.add(entry.descriptor, indent: 1) }
    addSubject(index.subject, index.annotations, to: &text)
  }

  private func addSubject(
    _ subject: Descriptor?, _ annotations: Annotations, to text: inout IndentedText
  ) {
    if let subject {
      text.add("Subject:")
      text.add(subject, indent: 1)
    }
    text.add(map: "Annotations", annotations)
  }

  /// The history in columns; the last one is not padded.
  private static func table(_ history: [ImageInspection.HistoryRow]) -> [String] {
    let rows = [["LAYER", "CREATED", "CREATED BY", "SIZE", "COMMENT"]] + history.map(cells)
    let widths = (0..<4).map { column in
      (rows.map { $0[column].unicodeScalars.count }.max() ?? 0) + 1
    }
    return rows.map { row in
      zip(row, widths).map { cell, width in
        cell + String(repeating: " ", count: max(0, width - cell.unicodeScalars.count))
      }.joined() + row[4]
    }
  }

  private static func cells(_ row: ImageInspection.HistoryRow) -> [String] {
    [
      row.layer?.digest.description ?? "<none>", row.entry.created?.description ?? "",
      GoQuoting.plain(row.entry.createdBy ?? ""),
      row.layer.map { HumanSize.text($0.size) } ?? "<none>",
      GoQuoting.plain(row.entry.comment ?? ""),
    ]
  }
}
