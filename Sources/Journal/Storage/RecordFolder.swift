internal import Store

/// The records below `.ocitx/ops`: the history in files, from which the database can be made again.
struct RecordFolder {
  let folder: OpenDirectory
  /// Finds the canonical bytes, verified, of a record that the folder lacks, by its number.
  var elsewhere: (Int64) -> [UInt8]? = { _ in nil }

  /// One record's file, read and hashed.
  struct Entry {
    let record: OperationRecord
    let bytes: [UInt8]
    let hash: Digest

    var sequence: Int64 { record.sequence }
  }

  /// The largest record that is read, in bytes: the adoption of a very large index.
  static let maximumSize = 256 << 20

  /// The records after an operation, oldest first, as far as each continues the chain.
  ///
  /// Of two files with the same number the one that the chain goes on from counts; a file that was
  /// written for an operation which never happened is passed over that way.
  ///
  /// - Parameters:
  ///   - sequence: The last operation that is known; 0 for none.
  ///   - hash: The hash of its record; nil for none.
  func chain(
    after sequence: Int64, hash: Digest?
  ) throws(JournalError) -> [Entry] {
    var candidates: [Int64: [String]] = [:]
    do throws(SyscallError) {
      for name in try folder.entryNames() {
        guard let number = Self.sequence(of: name), number > sequence else { continue }
        candidates[number, default: []].append(name)
      }
    } catch {
      throw .system(error)
    }
    return try chain(candidates, after: sequence, hash: hash)
  }

  private func chain(
    _ candidates: [Int64: [String]], after sequence: Int64, hash: Digest?
  ) throws(JournalError) -> [Entry] {
    var chain: [Entry] = []
    var next = sequence + 1
    var previous = hash
    while true {
      var matching: [Entry] = []
      for name in candidates[next] ?? [] {
        guard let entry = try read(name), entry.record.previous == previous else { continue }
        matching.append(entry)
      }
      if matching.isEmpty, let entry = search(next), entry.record.previous == previous {
        matching.append(entry)
      }
      guard let entry = try choose(matching, followers: candidates[next + 1] ?? []) else { break }
      chain.append(entry)
      previous = entry.hash
      next += 1
    }
    return chain
  }

  private func search(_ sequence: Int64) -> Entry? {
    guard let bytes = elsewhere(sequence),
      let record = try? OperationRecord(parsing: bytes, named: "\(sequence)"),
      record.sequence == sequence
    else { return nil }
    return Entry(record: record, bytes: bytes, hash: OperationRecord.hash(bytes))
  }

  /// Of several records that would fit, the one that the next record names.
  private func choose(
    _ entries: [Entry], followers: [String]
  ) throws(JournalError) -> Entry? {
    guard entries.count > 1 else { return entries.first }
    for name in followers {
      let previous = try read(name)?.record.previous
      if let chosen = entries.first(where: { $0.hash == previous }) { return chosen }
    }
    return entries.last
  }

  /// Reads one file; nil when it is no record, or is gone: who reads without the lock may see the
  /// name of an operation that is just being rolled back.
  private func read(_ name: String) throws(JournalError) -> Entry? {
    let bytes: [UInt8]?
    do throws(SyscallError) {
      bytes = try folder.readRegularFile(name, limit: Self.maximumSize)
    } catch {
      if error.isNotFound { return nil }
      throw .system(error)
    }
    guard let bytes, bytes.last == 0x0a else { return nil }
    let content = Array(bytes.dropLast())
    guard let record = try? OperationRecord(parsing: content, named: name) else { return nil }
    return Entry(record: record, bytes: content, hash: OperationRecord.hash(content))
  }

  static func sequence(of name: String) -> Int64? {
    guard name.hasSuffix(".json"), let dash = name.firstIndex(of: "-") else { return nil }
    return Int64(name[..<dash]).flatMap { OperationRecord.sequences.contains($0) ? $0 : nil }
  }
}

extension FinalisedRecord {
  /// A record from a file.
  ///
  /// The digest of a published index cannot be told from the record alone: that of the provisional one
  /// stands in, unless `published` is that index.
  init(imported entry: RecordFolder.Entry, published: [UInt8]?) {
    let record = entry.record
    let isSeen = record.kind.publishes && published.map(record.isPublished(as:)) == true
    let digest = isSeen ? published.map { Digest.sha256(of: $0) } : nil
    let stamp = CommitMarker(
      sequence: record.sequence, operation: record.id,
      chain: String(entry.hash.encoded.prefix(CommitMarker.chainLength)))
    self.init(
      record: record, bytes: entry.bytes, hash: entry.hash,
      publishedDigest: digest ?? record.indexAfter,
      stamp: record.kind.publishes ? stamp.description : record.baseStamp)
  }
}
