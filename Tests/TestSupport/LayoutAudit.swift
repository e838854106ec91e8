public import Store

@testable public import Journal

/// Everything that must be true of a layout and its history while nobody works on it.
public enum LayoutAudit {
  /// What is wrong, a sentence each; none is good.
  ///
  /// - Parameter collected: What a foreign gc says that it has taken: what nobody needs need not be anywhere.
  public static func problems(of path: String, collected: Set<Digest> = []) throws -> [String] {
    var problems = findings(path).map { "verifier: \($0)" }
    guard Files.exists(path + "/.ocitx/format") else { return problems }
    problems += try HistoryAudit(of: ImageLayout.open(path), .everything, now: .zero).run()
      .findings.filter(\.isProblem).map { "audit: \($0)" }
    for folder in ["stage", "live"] {
      let left = try Files.names(in: path + "/.ocitx/" + folder)
      if !left.isEmpty { problems.append("left in \(folder)/: \(left)") }
    }
    let layout = try ImageLayout.open(path)
    guard let history = try OperationHistory.open(layout) else { return problems }
    if let reason = history.fallbackReason { problems.append("database unreadable: \(reason)") }
    let rows = try history.database.operations(before: .max, limit: 100_000)
    problems += try chainProblems(Array(rows.reversed()))
    problems += try fileProblems(rows, path)
    problems += try indexProblems(layout, history, rows)
    let homeless = try history.database.operations(in: .prepared).filter { $0.sequence == nil }
    if !homeless.isEmpty { problems.append("prepared without a place: \(homeless.map(\.id))") }
    let moves = try history.database.unfinishedRelocations()
    if !moves.isEmpty { problems.append("blobs still to be moved: \(moves)") }
    let hidden = try Files.names(in: path + "/.ocitx/trash").filter { OperationID($0) == nil }
    if !hidden.isEmpty { problems.append("left in trash/: \(hidden)") }
    problems += try lostProblems(path, history, rows, collected)
    let intents = try history.database.operations(in: .intent)
    if !intents.isEmpty { problems.append("intents of nobody: \(intents.map(\.id))") }
    return problems
  }

  /// What the verifier finds, notes included; images of tests have no history before they are edited.
  private static func findings(_ path: String) -> [LayoutFinding] {
    LayoutVerifier.verify(at: path).filter { $0.code != .historyShort }
  }

  /// Sequence, times and hashes; oldest first.
  private static func chainProblems(_ rows: [StoredOperation]) throws -> [String] {
    var problems: [String] = []
    var previous: Digest?
    for (offset, row) in rows.enumerated() {
      let record = try row.record()
      if row.sequence != Int64(offset + 1) || record.sequence != row.sequence {
        problems.append("operation \(offset + 1) has number \(String(describing: row.sequence))")
      }
      if record.previous != previous { problems.append("the chain breaks at \(offset + 1)") }
      guard let bytes = row.recordBytes, let hash = row.hash else { continue }
      if OperationRecord.hash(bytes) != hash { problems.append("wrong hash of \(offset + 1)") }
      previous = hash
    }
    return problems
  }

  /// The records in `ops/` are the rows of the database, byte for byte.
  private static func fileProblems(
    _ rows: [StoredOperation], _ path: String
  ) throws -> [String] {
    var problems: [String] = []
    var files = Set(try Files.names(in: path + "/.ocitx/ops"))
    for row in rows {
      guard let sequence = row.sequence, let bytes = row.recordBytes else { continue }
      let name = FinalisedRecord.fileName(sequence, row.id)
      guard files.remove(name) != nil else {
        problems.append("ops/\(name) is missing")
        continue
      }
      if try Files.read(path + "/.ocitx/ops/" + name) != bytes + [0x0a] {
        problems.append("ops/\(name) is not what the database has")
      }
    }
    return problems + files.sorted().map { "ops/\($0) is in no database" }
  }

  /// index.json, its stamp and the end of the history say the same.
  private static func indexProblems(
    _ layout: ImageLayout, _ history: OperationHistory, _ rows: [StoredOperation]
  ) throws -> [String] {
    var problems: [String] = []
    guard let head = try history.database.head() else { return [] }
    let index = try layout.readIndex()
    if head.indexAfter != index.digest {
      problems.append("the history ends with another index.json (\(head.sequence))")
    }
    let state = try history.database.state(at: head.sequence)
    let difference = state.difference(to: IndexState(index.index))
    if !difference.isEmpty { problems.append("index.json is not the log's: \(difference)") }
    if let text = index.index.annotation(CommitMarker.key) {
      guard let stamp = CommitMarker(text),
        let row = rows.first(where: { $0.id == stamp.operation }),
        row.sequence == stamp.sequence, row.hash?.encoded.hasPrefix(stamp.chain) == true
      else { return problems + ["the stamp \(text) is not in the history"] }
    }
    return problems
  }

  /// What a gc has moved is somewhere, unless its trash was deleted, or a foreign gc was faster and it was never ours
  /// to keep.
  private static func lostProblems(
    _ path: String, _ history: OperationHistory, _ rows: [StoredOperation], _ collected: Set<Digest>
  ) throws -> [String] {
    let records = try rows.map { try $0.record() }
    let expired = Set(
      records.filter { $0.kind == .expire }.flatMap {
        $0.details["operations"]?.arrayValue?.elements.compactMap(\.stringValue) ?? []
      })
    let deleted = Set(
      records.filter { expired.contains($0.id.text) }.flatMap(\.moves.withdrawn).map(\.digest))
    let trash = path + "/.ocitx/trash/"
    let folders =
      [path + "/blobs/", path + "/.ocitx/keep/"]
      + (try Files.names(in: trash).map { trash + $0 + "/" })
    return try records.flatMap { record in
      let withdrawn = record.moves.withdrawn.map(\.digest).filter { !collected.contains($0) }
      return try (withdrawn + record.moves.kept.map(\.digest)).filter { digest in
        let file = BlobStore.relativePath(of: digest)
        if deleted.contains(digest) || folders.contains(where: { Files.exists($0 + file) }) {
          return false
        }
        // What was missing when the history came to it was never kept.
        if try collected.contains(digest) && !history.database.isPinned(digest) { return false }
        return try !history.database.hasDocument(digest)
      }.map { "operation \(record.sequence) has lost \($0)" }
    }
  }

  /// The tags of index.json, `name=digest,…`, sorted; nil when there is no layout.
  public static func tags(of path: String) throws -> [String]? {
    guard Files.exists(path) else { return nil }
    return try ImageLayout.open(path).readIndex().index.entries.map {
      "\($0.referenceName ?? "")=\($0.descriptor.digest.encoded.prefix(12))"
    }.sorted()
  }

  /// The tags and the settings, `setting name=value`; nil when there is no layout.
  public static func values(of path: String) throws -> [String]? {
    guard let tags = try tags(of: path) else { return nil }
    guard let history = try OperationHistory.open(ImageLayout.open(path)) else { return tags }
    return tags + (try history.database.allSettings().map { "setting \($0)=\($1)" }.sorted())
  }

  /// What index.json looks like at any instant, before anything has been recovered.
  public static func visibleProblems(of path: String) -> [String] {
    guard Files.exists(path) else { return [] }
    return findings(path).map { "visible: \($0)" }
  }

  /// The kinds of the operations after a number, oldest first.
  public static func kinds(of path: String, after sequence: Int64) throws -> [OperationKind] {
    guard Files.exists(path), let history = try OperationHistory.open(ImageLayout.open(path))
    else { return [] }
    return try history.database.operations(before: .max, limit: 100_000).reversed().filter {
      $0.sequence ?? 0 > sequence
    }.map(\.kind)
  }

  /// The number of the newest operation; 0 when there is none.
  public static func newest(of path: String) throws -> Int64 {
    guard Files.exists(path), let history = try OperationHistory.open(ImageLayout.open(path))
    else { return 0 }
    return try history.database.head()?.sequence ?? 0
  }
}
