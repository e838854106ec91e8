import Store
import TestSupport
import Testing

@testable import Journal

/// A program that reads the database and does not let go of it.
@Suite struct BusyWaitTests {
  private func transact(_ database: JournalDatabase) -> JournalError? {
    do throws(JournalError) {
      try database.transaction { () throws(JournalError) in try database.setMeta("k", "v") }
      return nil
    } catch {
      return error
    }
  }

  @Test func `all calls together wait as long as they may, and tell how long they did`() throws {
    let folder = try TemporaryDirectory()
    let path = folder("journal.db")
    try Files.write("", to: path)
    let database = try JournalDatabase(
      writing: DatabaseFile(at: path), durability: .relaxed, wait: 40)
    #expect(transact(database) == nil)
    let reader = try Connection(opening: DatabaseFile(at: path), .readOnly)
    try reader.execute("BEGIN")
    _ = try reader.row("SELECT count(*) FROM meta") { $0.integer(0) }
    // The second has nothing left to wait for.
    for _ in 0..<2 {
      guard case .locked(_, _, let waited) = transact(database) else {
        throw TestFailure("the database is not locked")
      }
      #expect(waited == 0.04)
    }
    database.setWait(7)
    guard case .locked(_, _, 0.007) = transact(database) else {
      throw TestFailure("it has not waited anew")
    }
    try reader.execute("COMMIT")
    #expect(transact(database) == nil)
  }

  @Test func `what was waited for the lock is not waited again`() {
    let limit = LockTimeout(milliseconds: 1000)
    #expect([0, 400, 950, 5000].map(limit.rest(after:)) == [1000, 600, 100, 100])
    #expect(LockTimeout(milliseconds: nil).rest(after: 5) > 1 << 40)
  }
}
