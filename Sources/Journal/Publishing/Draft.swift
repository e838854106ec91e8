internal import Store

/// An operation that has decided what to change and has not got its place in the history yet.
struct Draft {
  var id: OperationID
  var kind: OperationKind
  var edits: [TagEdit]
  var settings: [SettingEdit] = []
  /// Where entries that are set go: umoci appends them, putting things back leaves them in place.
  var placement: ImageIndex.Placement = .inPlace
  var author: OperationRecord.Author
  var started: Timestamp
  var addedBlobs: [OperationRecord.AddedBlob] = []
  var moves = BlobRelocations()
  var reverts: OperationID?
  var baseStamp: String?
  var conflicts: [OperationRecord.Conflict] = []
  var recovered: String?
  var details: JSONObject = [:]
  /// The bundles that are refreshed by it.
  var refreshes: [BundleRefresh] = []
}

/// Giving drafts their place in the history.
struct Finalisation {
  let store: String
  let now: Timestamp

  /// Finalises an operation that publishes an index: its stamp and its record vouch for each other.
  ///
  /// The record holds the digest of the index with a provisional stamp; the stamp is then finalised with
  /// the hash of the record. docs/on-disk-format.md shows how to check it.
  func finalise(
    _ draft: Draft, after head: Head?, before: Digest?, publishing index: ImageIndex
  ) -> (record: FinalisedRecord, index: IndexFile) {
    var index = index
    let sequence = (head?.sequence ?? 0) + 1
    let stamp = CommitMarker(sequence: sequence, operation: draft.id, chain: "").provisional
    index.setAnnotation(CommitMarker.key, to: stamp.description)
    let provisional = Digest.sha256(of: index.serialized())
    let record = makeRecord(draft, sequence, head, before, after: provisional)
    let bytes = record.canonicalBytes()
    let hash = OperationRecord.hash(bytes)
    let finalised = CommitMarker(
      sequence: sequence, operation: draft.id,
      chain: String(hash.encoded.prefix(CommitMarker.chainLength)))
    index.setAnnotation(CommitMarker.key, to: finalised.description)
    let published = index.serialized()
    let digest = Digest.sha256(of: published)
    return (
      FinalisedRecord(
        record: record, bytes: bytes, hash: hash, publishedDigest: digest,
        stamp: finalised.description),
      IndexFile(unchecked: index, bytes: published, digest: digest)
    )
  }

  /// Finalises an operation that publishes nothing: it tells what was found.
  func finalise(_ draft: Draft, after head: Head?, before: Digest?, found: IndexFile)
    -> FinalisedRecord
  {
    let record = makeRecord(
      draft, (head?.sequence ?? 0) + 1, head, before, after: found.digest)
    let bytes = record.canonicalBytes()
    return FinalisedRecord(
      record: record, bytes: bytes, hash: OperationRecord.hash(bytes),
      publishedDigest: found.digest, stamp: found.index.annotation(CommitMarker.key))
  }

  /// Finalises an operation that changes nothing: what the history ended with stands.
  func finalise(_ draft: Draft, repeating head: Head) -> FinalisedRecord {
    let record = makeRecord(
      draft, head.sequence + 1, head, head.indexAfter, after: head.indexAfter)
    let bytes = record.canonicalBytes()
    return FinalisedRecord(
      record: record, bytes: bytes, hash: OperationRecord.hash(bytes),
      publishedDigest: head.indexAfter, stamp: head.stamp)
  }

  private func makeRecord(
    _ draft: Draft, _ sequence: Int64, _ head: Head?, _ before: Digest?, after: Digest
  ) -> OperationRecord {
    return OperationRecord(
      store: store, sequence: sequence, id: draft.id, previous: head?.hash, kind: draft.kind,
      time: now.inUTC, wallClock: now.inUTC, duration: now.microseconds(since: draft.started),
      author: draft.author, indexBefore: before, indexAfter: after, edits: draft.edits,
      settings: draft.settings, addedBlobs: draft.addedBlobs, moves: draft.moves,
      reverts: draft.reverts,
      baseStamp: draft.baseStamp,
      conflicts: draft.conflicts, recovered: draft.recovered, details: draft.details)
  }
}

extension FinalisedRecord {
  /// The end of the history once this record is in it.
  var head: Head {
    Head(
      sequence: record.sequence, id: record.id, hash: hash, indexAfter: publishedDigest,
      stamp: stamp)
  }
}

extension Timestamp {
  /// The time that has passed since another, in microseconds; 0 when the clock went back.
  func microseconds(since earlier: Timestamp) -> Int64 {
    let seconds = secondsSinceEpoch - earlier.secondsSinceEpoch
    guard (0..<1 << 40).contains(seconds) else { return 0 }
    return max(0, seconds * 1_000_000 + Int64(nanoseconds - earlier.nanoseconds) / 1000)
  }
}

extension Draft {
  /// An operation that the program does by itself.
  init(by invocation: Invocation, _ kind: OperationKind, details: JSONObject) {
    var author = OperationRecord.Author(invocation)
    // The user's reason is for what the user does.
    author.message = nil
    self.init(
      id: invocation.makeOperationID(), kind: kind, edits: [], author: author,
      started: invocation.now(), details: details)
  }
}
