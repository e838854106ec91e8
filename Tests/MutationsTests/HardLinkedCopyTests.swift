import Glibc
import Mutations
import Store
import TestSupport
import Testing

@testable import Journal

/// A layout and its copy of hard links, as `cp -al` and `rsync --link-dest` make them.
@Suite struct HardLinkedCopyTests {
  private let original: TestLayout
  private let copy: TestLayout

  init() throws {
    original = try TestLayout()
    try original.tag("t", to: "a")
    let path = original.folder("copy")
    let outcome = try ExternalCommand.run(["cp", "-al", original.path, path])
    guard outcome.status == 0 else { throw TestFailure(outcome.standardError) }
    copy = TestLayout(sharing: original, at: path)
  }

  private func bytes(_ layout: TestLayout) throws -> [[UInt8]] {
    try ["journal.db", "journal.db-journal", "format"].map {
      try Files.read(layout.path + "/.ocitx/" + $0)
    }
  }

  @Test func `a backup stays as it is when its original is written to`() throws {
    let (backup, index) = (try bytes(copy), try Files.read(copy.indexPath))
    try original.tag("u", to: "b")
    #expect(try bytes(copy) == backup)
    #expect(try Files.read(copy.indexPath) == index)
    #expect(try original.log().map(\.kind) == [.tag, .tag, .adopt])
    #expect(try original.problems() == [])
  }

  @Test func `both go on with histories of their own`() throws {
    for number in 1...3 {
      try original.tag("original-\(number)", to: "a")
      try copy.tag("copy-\(number)", to: "b")
    }
    #expect(try original.log().map(\.kind) == [.tag, .tag, .tag, .tag, .adopt])
    #expect(try copy.log().map(\.kind) == [.tag, .tag, .tag, .fork, .tag, .adopt])
    for layout in [original, copy] {
      #expect(try layout.problems() == [])
      #expect(try layout.audit().findings == [])
    }
  }

  @Test func `the locks are two once one of them was written to`() throws {
    try copy.tag("u", to: "b")
    let options = WritingOptions(durability: .relaxed)
    let journal = try OperationJournal(writing: original.open(), original.invocation, options)
    try journal.withLock { (_) throws(JournalError) in
      do { try copy.tag("v", to: "b") } catch { throw .undecided(.noHistory(path: "\(error)")) }
    }
    #expect(try copy.digest("v") == copy.digest("b"))
  }

  @Test func `a writer of the copy waits for one of the original that is at work`() throws {
    let options = WritingOptions(durability: .relaxed, lockTimeout: .init(milliseconds: 0))
    let one = try OpenDirectory.open(original.path + "/.ocitx")
    let file = try one.openOrCreateFile("lock", policy: original.open().policy, "lock.create")
    guard let lock = try FileLock.tryAcquire(file) else { throw TestFailure("it is held") }
    let theirs = try OperationJournal(writing: copy.open(), copy.invocation, options)
    #expect(throws: JournalError.self) { try theirs.recover() }
    lock.release()
    // A program that another test starts holds whatever was open until its exec(3): this one waits.
    try copy.recover()
  }

  @Test func `what another tool writes in place into one does not come into the other`() throws {
    try copy.tag("u", to: "b")
    try original.changeForeign(.inPlace) { $0.replaceEntries(named: "b", with: []) }
    try copy.recover()
    try original.recover()
    #expect(try copy.tags().keys.sorted() == ["a", "b", "t", "u"])
    #expect(try original.tags().keys.sorted() == ["a", "t"])
    for layout in [original, copy] { #expect(try layout.problems() == []) }
  }
}
