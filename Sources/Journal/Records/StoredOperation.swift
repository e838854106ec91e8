internal import Store

/// An operation as the database holds it.
struct StoredOperation: Sendable {
  let id: OperationID
  /// Its place in the history; nil while it has none.
  let sequence: Int64?
  let state: OperationState
  let kind: OperationKind
  /// The record's canonical bytes; nil before it was prepared.
  let recordBytes: [UInt8]?
  /// The hash of those bytes.
  let hash: Digest?
  /// The digest of index.json before it.
  let indexBefore: Digest?
  /// The digest of index.json as it was published, or found.
  let indexAfter: Digest?
  /// The stamp that index.json carries after it, if any.
  let stamp: String?
  /// Why it came to nothing.
  let reason: String?
  /// When it began.
  let started: String

  /// The record.
  func record() throws(JournalError) -> OperationRecord {
    guard let recordBytes else {
      throw .brokenRecord(id.text, reason: "the operation has none")
    }
    return try OperationRecord(parsing: recordBytes, named: id.text)
  }

  /// Whether bytes are the index.json that this operation publishes.
  ///
  /// In a history that was made again from its records a row has only the digest of the index with
  /// with a provisional stamp.
  func isPublished(as bytes: [UInt8]) -> Bool {
    if Digest.sha256(of: bytes) == indexAfter { return true }
    return (try? record().isPublished(as: bytes)) == true
  }

  /// The record, if it is the one that its hash, its number and its id stand for.
  func verifiedRecord() throws(JournalError) -> OperationRecord {
    let record = try record()
    guard let recordBytes, OperationRecord.hash(recordBytes) == hash, record.id == id,
      record.sequence == sequence
    else { throw .brokenRecord(id.text, reason: "the record does not match its hash") }
    return record
  }
}

extension OperationRecord {
  /// Whether bytes are the index.json that this operation publishes, its stamp finalised or not.
  func isPublished(as bytes: [UInt8]) -> Bool {
    guard let file = try? IndexFile(parsing: bytes, path: LayoutPaths.index),
      let stamp = file.index.annotation(CommitMarker.key).flatMap({ CommitMarker($0) }),
      stamp.operation == id
    else { return false }
    var index = file.index
    index.setAnnotation(CommitMarker.key, to: stamp.provisional.description)
    return indexAfter == Digest.sha256(of: index.serialized())
  }
}

extension IndexFile {
  /// Whether it is the index of an operation, or what another tool has made of it.
  func carriesStamp(of operation: OperationID) -> Bool {
    index.annotation(CommitMarker.key).flatMap { CommitMarker($0) }?.operation == operation
  }
}

/// A record with everything that the database keeps beside it.
struct FinalisedRecord: Sendable {
  let record: OperationRecord
  let bytes: [UInt8]
  let hash: Digest
  /// The digest of index.json as it is published, or was found.
  let publishedDigest: Digest
  /// The stamp in that index.json, if any.
  let stamp: String?

  /// The name of the record's file.
  var fileName: String { Self.fileName(record.sequence, record.id) }

  static func fileName(_ sequence: Int64, _ id: OperationID) -> String {
    let digits = String(sequence)
    return String(repeating: "0", count: max(0, 12 - digits.count)) + digits + "-\(id).json"
  }
}

/// The end of the history.
struct Head: Sendable {
  let sequence: Int64
  let id: OperationID
  let hash: Digest
  let indexAfter: Digest
  let stamp: String?
}
