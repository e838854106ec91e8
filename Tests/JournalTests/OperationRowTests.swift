import Store
import Testing

@testable import Journal

/// The rows of operations.
@Suite struct OperationRowTests {
  private func finalised(_ sequence: Int64, id: UInt8) throws -> FinalisedRecord {
    let invocation = Invocation(
      arguments: [], workingDirectory: "/", userID: 1000, userName: nil, sudoUser: nil,
      hostName: "host", machineID: "machine", processID: 1, programVersion: "0", message: nil,
      now: { Timestamp(secondsSinceEpoch: 0) }, randomBytes: { [UInt8](repeating: 0, count: $0) })
    let digest = Digest.sha256(of: [id])
    let record = OperationRecord(
      store: "0011223344556677", sequence: sequence,
      id: OperationID(randomBytes: [0, 0, 0, 0, 0, 0, 0, id]), previous: nil, kind: .tag,
      time: Timestamp(secondsSinceEpoch: 0), wallClock: Timestamp(secondsSinceEpoch: 0),
      duration: 0, author: OperationRecord.Author(invocation), indexBefore: nil, indexAfter: digest,
      edits: [TagEdit(key: .name("t\(id)"), before: [], after: [])], addedBlobs: [], reverts: nil,
      baseStamp: nil, conflicts: [], recovered: nil, details: [:])
    return FinalisedRecord(
      record: record, bytes: [id], hash: digest, publishedDigest: digest, stamp: nil)
  }

  @Test func `an operation never takes the row of another one`() throws {
    let database = try JournalDatabase.makeInMemory()
    let first = try finalised(1, id: 1)
    try database.insert(first, state: .committed)
    let second = try finalised(1, id: 2)
    #expect(throws: JournalError.self) {
      try database.transaction { () throws(JournalError) in
        try database.insert(second, state: .prepared)
      }
    }
    #expect(try database.operationID(at: 1) == first.record.id.text)
    #expect(try database.edits(after: 0, through: 1) == first.record.edits)
  }
}
