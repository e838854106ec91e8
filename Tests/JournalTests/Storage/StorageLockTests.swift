import Store
import TestSupport
import Testing

@testable import Journal

/// What every storage promises about being alone and being alive.
@Suite struct StorageLockTests {
  private let id = OperationID(randomBytes: [1, 2, 3, 4, 5, 6, 7, 8])

  @Test(arguments: TestedStorage.allCases)
  func `one writer at a time has the lock`(_ kind: TestedStorage) throws {
    let rig = try StorageRig(kind)
    let other = try rig.another()
    let lock = try rig.storage.takeLock(StorageRig.options.lockTimeout)
    let refusal = try #require(throws: JournalError.self) {
      try other.takeLock(LockTimeout(milliseconds: 30))
    }
    guard case .locked(_, _, 0.03) = refusal else { throw TestFailure("\(refusal)") }
    lock.release()
    let next = try other.takeLock(LockTimeout(milliseconds: 0))
    // Given up once already, it is not the other's that ends.
    lock.release()
    #expect(throws: JournalError.self) {
      try rig.storage.takeLock(LockTimeout(milliseconds: 0))
    }
    next.release()
  }

  @Test(arguments: TestedStorage.allCases)
  func `a lock goes with whoever had it`(_ kind: TestedStorage) throws {
    let rig = try StorageRig(kind)
    var lock: WriterLock? = try rig.storage.takeLock(StorageRig.options.lockTimeout)
    #expect(lock != nil)
    lock = nil
    try rig.another().takeLock(LockTimeout(milliseconds: 0)).release()
  }

  @Test(arguments: TestedStorage.allCases)
  func `an announced operation is alive until it ends`(_ kind: TestedStorage) throws {
    let rig = try StorageRig(kind)
    let other = try rig.another()
    #expect(try other.liveness(of: id.text) == .absent)
    let announcement = try rig.storage.announce(id)
    #expect(announcement.id == id)
    #expect(try other.liveness(of: id.text) == .alive)
    #expect(try other.isAlive(id))
    #expect(try other.announcements() == [id.text])
    try other.withDead(id.text) { () throws(JournalError) in
      Issue.record("it was taken for dead")
    }
    try announcement.end()
    #expect(try other.liveness(of: id.text) == .absent)
    #expect(try other.announcements() == [])
  }

  @Test(arguments: TestedStorage.allCases)
  func `one looks after a dead operation, and then nothing tells of it`(
    _ kind: TestedStorage
  ) throws {
    let rig = try StorageRig(kind)
    let other = try rig.another()
    do { _ = try rig.storage.announce(id) }
    #expect(try other.liveness(of: id.text) == .dead)
    #expect(try !other.isAlive(id))
    #expect(try other.announcements() == [id.text])
    var calls = 0
    try other.withDead(id.text) { () throws(JournalError) in
      calls += 1
      try rig.storage.withDead(id.text) { () throws(JournalError) in
        Issue.record("two look after it")
      }
      try other.forget(id.text)
    }
    #expect(calls == 1)
    #expect(try rig.storage.liveness(of: id.text) == .absent)
    try other.withDead(id.text) { () throws(JournalError) in calls += 1 }
    #expect(calls == 1)
  }
}
