internal import Store

/// The files below `ops/`.
extension HistoryComparison {
  /// Finds files that belong to no row of the database, nor to an operation whose process lives and writes
  /// its file first; memory does not grow with their number.
  mutating func findStrays() throws(JournalError) {
    var strays: [(sequence: Int64, name: String)] = []
    var unknown: [String] = []
    var failure: JournalError?
    do throws(SyscallError) {
      try control.records.forEachEntry { name in
        guard failure == nil, strays.count < AuditReport.limit else { return }
        guard let (sequence, id) = Self.parts(of: name) else { return unknown.append(name) }
        do throws(JournalError) {
          if try database.operationID(at: sequence) != id, !isAlive(id) {
            strays.append((sequence, name))
          }
        } catch {
          failure = error
        }
      }
    } catch {
      throw .system(error)
    }
    if let failure { throw failure }
    // What a process wrote that died before it was in the history; the fork or the observations that it wrote
    // beside its own operation have other names.
    let last = try database.lastSequence()
    let storage = control.storage(of: layout)
    let isSomebodyDead = strays.isEmpty ? false : try Remains(of: control, storage).areThere
    for stray in strays {
      if isSomebodyDead, stray.sequence > last {
        differ(
          .recordFile(stray.sequence, stray.name), .operationUnfinished,
          "its process died before it was in the history; the next writing command puts it aside")
        continue
      }
      differ(
        .recordFile(stray.sequence, stray.name), .recordStray,
        "it belongs to no operation of the history")
    }
    for name in unknown.sorted().prefix(20) {
      differ(
        .other(".ocitx/ops/" + name), .unknownFile, "no known tool makes a file of this name")
    }
  }

  /// Follows the chain through the files alone, where there is no database to compare them with.
  ///
  /// - Returns: The records that can be read.
  mutating func followFiles() throws(JournalError) -> [RecordFolder.Entry] {
    var names: [Int64: [String]] = [:]
    do throws(SyscallError) {
      for name in try control.records.entryNames() {
        guard let (sequence, _) = Self.parts(of: name) else { continue }
        names[sequence, default: []].append(name)
      }
    } catch {
      throw .system(error)
    }
    let fitting = Dictionary(
      uniqueKeysWithValues: try RecordFolder(folder: control.records).chain(after: 0, hash: nil)
        .map { ($0.record.sequence, FinalisedRecord.fileName($0.record.sequence, $0.record.id)) })
    var entries: [RecordFolder.Entry] = []
    for sequence in names.keys.sorted() where sequence > 0 {
      chain.skip(to: sequence, &report)
      let candidates = names[sequence] ?? []
      let chosen = fitting[sequence] ?? candidates.last ?? ""
      if let entry = try checkFile(chosen, at: sequence) { entries.append(entry) }
      for name in candidates where name != chosen {
        differ(
          .recordFile(sequence, name), .recordStray,
          "another file has this number and continues the chain")
      }
    }
    return entries
  }

  /// - Returns: The record, if it is the one that the file's name stands for.
  private mutating func checkFile(
    _ name: String, at sequence: Int64
  ) throws(JournalError) -> RecordFolder.Entry? {
    report.recordCount += 1
    guard
      let file = try read(name), file.last == 0x0a,
      let record = try? OperationRecord(parsing: Array(file.dropLast()), named: name)
    else {
      chain.takeUnreadable()
      differ(
        .recordFile(sequence, name), .recordFileChanged, "it cannot be read as a record")
      return nil
    }
    let bytes = Array(file.dropLast())
    let hash = OperationRecord.hash(bytes)
    chain.take(record, bytes, &report)
    report.head = .init(sequence: sequence, id: record.id.text, hash: hash, time: record.wallClock)
    guard FinalisedRecord.fileName(record.sequence, record.id) == name else {
      differ(
        .recordFile(sequence, name), .recordFileChanged,
        "its record says that it is operation \(record.sequence), \(record.id)")
      return nil
    }
    return RecordFolder.Entry(record: record, bytes: bytes, hash: hash)
  }

  /// - Throws: What keeps this user from reading it, which tells nothing about the record.
  private func read(_ name: String) throws(JournalError) -> [UInt8]? {
    do throws(SyscallError) {
      return try control.records.readRegularFile(name, limit: RecordFolder.maximumSize)
    } catch {
      if error.isPermission || error.isAboutResources { throw .system(error) }
      return nil
    }
  }

  /// The number and the id in a record's name; nil when it is none.
  private static func parts(of name: String) -> (sequence: Int64, id: String)? {
    guard let sequence = RecordFolder.sequence(of: name), let dash = name.firstIndex(of: "-")
    else { return nil }
    let id = String(name[name.index(after: dash)...].dropLast(5))
    guard let parsed = OperationID(id), FinalisedRecord.fileName(sequence, parsed) == name else {
      return nil
    }
    return (sequence, id)
  }
}
