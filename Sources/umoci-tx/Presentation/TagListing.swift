internal import Journal
internal import Mutations
internal import Store

/// The tags of a layout, as `ls` prints them.
struct TagListing {
  let images: [ListedImage]
  /// Whether entries without a tag, and the images of indexes, are listed too.
  var isComplete = false
  /// Whether everything is told about each.
  var isLong = false
  let now: Timestamp

  /// One name a line in the order of the index, duplicates kept; with everything about each, a table.
  ///
  /// A terminal gets names that cannot drive it; everything else gets them as they are.
  func write(to output: OutputWriter, asJSON: Bool) throws {
    if asJSON { return try output.document(["tags": JSONValue(listed.map(json))]) }
    if isLong {
      for line in table(output.style) { try output.line(line) }
      return
    }
    for (image, depth) in rows { try Self.write(image.descriptor, depth, to: output) }
  }

  /// The same of an index of which nothing else is told: there may be many thousands.
  static func write(namesOf index: ImageIndex, to output: OutputWriter) throws {
    for entry in index.entries where entry.descriptor.referenceName != nil {
      try write(entry.descriptor, 0, to: output)
    }
  }

  private static func write(
    _ descriptor: Descriptor, _ depth: Int, to output: OutputWriter
  ) throws {
    let name = descriptor.referenceName.map { output.isTerminal ? TerminalText.escaped($0) : $0 }
    try output.line(indented(name ?? "@" + descriptor.digest.shortForm, depth))
  }

  private var listed: [ListedImage] {
    isComplete ? images : images.filter { $0.descriptor.referenceName != nil }
  }

  /// Every line with its depth in indexes.
  private var rows: [(image: ListedImage, depth: Int)] { listed.flatMap { Self.rows($0, 0) } }

  private static func rows(_ image: ListedImage, _ depth: Int) -> [(ListedImage, Int)] {
    [(image, depth)] + image.images.flatMap { rows($0, depth + 1) }
  }

  private static func indented(_ text: String, _ depth: Int) -> String {
    String(repeating: "  ", count: depth) + text
  }
}

// MARK: - Everything about each

extension TagListing {
  private static let titles = ["TAG", "DIGEST", "PLATFORM", "SIZE", "AGE", "MOVED BY"]

  private func table(_ style: TextStyle) -> [String] {
    let rows = rows.map { columns($0.image, $0.depth) }
    guard !rows.isEmpty else { return [] }
    let lines = AlignedRows.lines([Self.titles] + rows)
    return lines.prefix(1).map(style.bold) + lines.dropFirst()
  }

  private func columns(_ image: ListedImage, _ depth: Int) -> [String] {
    let name = image.descriptor.referenceName.map { TerminalText.escaped($0) } ?? "-"
    let facts = image.facts ?? .init()
    let move = image.move.map {
      "\(OperationLine.shortened($0.author.displayName, to: 24)), \(ShortAge.text(since: $0.wallClock, now: now))"
    }
    return [
      Self.indented(name, depth), image.descriptor.digest.shortForm,
      Self.platforms(facts.platforms), facts.size.map { HumanSize.text($0) } ?? "-",
      facts.created.map { ShortAge.text(since: $0, now: now) } ?? "-", move ?? "-",
    ]
  }

  private static func platforms(_ platforms: [Platform]) -> String {
    let known = platforms.filter { $0.os != "unknown" }
    let names = known.prefix(2).map { OperationLine.shortened($0.description, to: 24) }
    let rest = known.count > 2 ? " +\(known.count - 2)" : ""
    return names.isEmpty ? "-" : names.joined(separator: ",") + rest
  }
}

extension TagListing {
  /// `{"name":…,"descriptor":{…}}` and what else was asked for.
  private func json(_ image: ListedImage) -> JSONValue {
    var object = JSONObject()
    object["name"] = image.descriptor.referenceName.map { JSONValue($0) }
    object["descriptor"] = .object(image.descriptor.json)
    if let facts = image.facts {
      object["platforms"] = JSONValue(facts.platforms.map { .object($0.json) })
      object["size"] = facts.size.map { JSONValue($0) }
      object["created"] = facts.created.map { JSONValue($0.description) }
    }
    if let move = image.move {
      object["moved"] = [
        "seq": JSONValue(move.sequence), "id": JSONValue(move.id.text),
        "kind": JSONValue(move.kind.rawValue), "time": JSONValue(move.wallClock.description),
        "user": JSONValue(move.author.displayName),
      ]
    }
    if !image.images.isEmpty { object["images"] = JSONValue(image.images.map(json)) }
    return .object(object)
  }
}

/// How long ago something was, in one number and one letter, as far as that is not in the future.
enum ShortAge {
  private static let units: [(seconds: Int64, name: String)] = [
    (365 * 86400, "y"), (7 * 86400, "w"), (86400, "d"), (3600, "h"), (60, "m"), (1, "s"),
  ]

  /// `3d`, or `in the future`.
  static func text(since time: Timestamp, now: Timestamp) -> String {
    let (seconds, overflow) = now.secondsSinceEpoch.subtractingReportingOverflow(
      time.secondsSinceEpoch)
    guard !overflow, seconds >= 0 else { return "in the future" }
    let unit = units.first { seconds >= $0.seconds } ?? (1, "s")
    return "\(seconds / unit.seconds)\(unit.name)"
  }
}
