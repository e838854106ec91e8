import Glibc
import Mutations
import Store
import TestSupport
import Testing

@testable import Journal

/// The journal gone, damaged, copied or too new: images are never hostage to it.
@Suite struct DamagedJournalTests {
  private func layout() throws -> TestLayout {
    let layout = try TestLayout()
    for (tag, source) in [("t", "a"), ("u", "b"), ("t", "b")] {
      try layout.tag(tag, to: source)
    }
    return layout
  }

  private func path(_ layout: TestLayout, _ name: String) -> String {
    layout.path + "/.ocitx/" + name
  }

  private func copy(_ source: String, _ target: String) throws {
    let outcome = try ExternalCommand.run(["cp", "-a", source, target])
    guard outcome.status == 0 else { throw TestFailure(outcome.standardError) }
  }

  @Test func `a deleted database is rebuilt from the records`() throws {
    let layout = try layout()
    let log = try layout.log().map(\.id)
    try Files.remove(path(layout, "journal.db"))
    #expect(try layout.log().map(\.id) == log)
    #expect(try !layout.names(in: ".ocitx").contains("journal.db"))
    try layout.tag("v", to: "a")
    #expect(try Array(layout.log().map(\.id).dropFirst()) == log)
    #expect(try layout.problems() == [])
  }

  @Test func `a database that was put back from a backup is caught up`() throws {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    try copy(path(layout, "journal.db"), layout.folder("backup"))
    try layout.tag("u", to: "b")
    try layout.tag("t", to: "b")
    let log = try layout.log().map(\.id)
    try copy(layout.folder("backup"), path(layout, "journal.db"))
    try layout.recover()
    #expect(try layout.log().map(\.id) == log)
    #expect(try layout.problems() == [])
  }

  @Test func `a journal that was put back with its records refuses until index is accepted`() throws
  {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    try copy(path(layout, "journal.db"), layout.folder("backup.db"))
    try copy(path(layout, "ops"), layout.folder("backup.ops"))
    try layout.tag("u", to: "b")
    let tags = try layout.tags()
    try Files.remove(path(layout, "ops"))
    try copy(layout.folder("backup.ops"), path(layout, "ops"))
    try copy(layout.folder("backup.db"), path(layout, "journal.db"))
    #expect(throws: JournalError.self) { try layout.tag("v", to: "a") }
    #expect(throws: JournalError.self) { try layout.recover() }
    guard case .ahead = try layout.status().drift else {
      Issue.record("not ahead")
      return
    }
    try layout.recover(.acceptingIndex)
    #expect(try layout.tags() == tags)
    #expect(try layout.log().map(\.kind) == [.accept, .tag, .adopt])
    #expect(try layout.problems() == [])
  }

  @Test func `a lost folder is quoted by the new history and late writers stop nobody`() throws {
    let layout = try layout()
    let stamp = try #require(try layout.index().annotation(CommitMarker.key))
    let stale = try layout.index()
    try Files.remove(layout.path + "/.ocitx")
    try layout.tag("v", to: "a")
    #expect(try layout.log()[1].details["lost_history"]?.stringValue == stamp)
    try expectLoud(layout, stamp)
    let image = try layout.addForeignImage("theirs")
    try layout.changeForeign(from: stale) {
      $0.append(image.settingAnnotation(Annotations.referenceName, to: "x"))
    }
    try layout.recover()
    #expect(try layout.tags().keys.sorted() == ["a", "b", "t", "u", "v", "x"])
    #expect(try layout.problems() == [])
  }

  /// The loss is told for ever, and the history is whole only for who has kept a head of it.
  private func expectLoud(_ layout: TestLayout, _ stamp: String) throws {
    let lost = try #require(try layout.status().lost)
    #expect(lost.stamp == stamp)
    #expect(lost.operationCount == CommitMarker(stamp)?.sequence)
    #expect(lost.explanation.contains("\(lost.operationCount ?? 0) operations are lost"))
    let found = try layout.verify().findings
    #expect(found.map(\.code) == [.historyLost])
    #expect(found.allSatisfy { !$0.isProblem })
    #expect(try !layout.audit().isWhole)
    let head = try #require(try layout.audit().head?.hash.encoded)
    #expect(try layout.audit(head: head).isWhole)
    #expect(try !layout.audit(head: stamp).isWhole)
  }

  @Test func `a copied layout forks and both go on`() throws {
    let layout = try layout()
    let old = try layout.status().storeID
    let other = layout.folder("copy")
    try copy(layout.path, other)
    let twin = TestLayout(sharing: layout, at: other)
    try twin.changeForeign { $0.replaceEntries(named: "u", with: []) }
    try twin.tag("v", to: "a")
    #expect(try twin.log().map(\.kind).prefix(4) == [.tag, .external, .fork, .tag])
    #expect(try twin.log()[1].edits.map(\.key) == [.name("u")])
    #expect(try twin.log()[2].details["copied_from"]?.stringValue == old)
    #expect(try twin.status().storeID != old)
    #expect(try twin.problems() == [])
    try twin.run(UndoOperation(twin.log()[1]))
    #expect(try twin.digest("u") == twin.digest("b"))
    try layout.tag("w", to: "a")
    #expect(try layout.status().storeID == old)
    #expect(try layout.tags().keys.sorted() == ["a", "b", "t", "u", "w"])
    #expect(try layout.problems() == [])
  }

  @Test func `a layout on a mount that numbers inodes anew is no copy`() throws {
    let layout = try TestLayout()
    try layout.tag("c", to: "a")
    let store = try layout.history().storeID()
    try layout.finalisedSQL("UPDATE meta SET value = '1/2' WHERE key = 'inodes'")
    #expect(try layout.verify().findings.contains { $0.code == .layoutCopied } == false)
    try layout.tag("d", to: "a")
    try ExternalCommand.run(["chmod", "640", layout.path + "/.ocitx/format"])
    try layout.tag("e", to: "a")
    #expect(try layout.log().prefix(3).map(\.kind) == [.tag, .tag, .tag])
    #expect(try layout.history().storeID() == store)
    // With other inodes, and changed since it was looked at, it is one.
    try layout.finalisedSQL("UPDATE meta SET value = '1/2' WHERE key = 'inodes'")
    try ExternalCommand.run(["chmod", "600", layout.path + "/.ocitx/format"])
    try layout.tag("f", to: "a")
    #expect(try layout.log().prefix(2).map(\.kind) == [.tag, .fork])
    #expect(try layout.problems() == [])
  }

  @Test func `a snapshot of a file system with an id for good is a copy, once`() throws {
    let layout = try TestLayout()
    try layout.tag("c", to: "a")
    let isTold = FilesystemKind(of: try layout.open().root).lastingID != nil
    try layout.finalisedSQL("INSERT OR REPLACE INTO meta VALUES ('filesystem', 'another')")
    #expect(try layout.verify().findings.contains { $0.code == .layoutCopied } == isTold)
    try layout.tag("d", to: "a")
    try layout.tag("e", to: "a")
    #expect(try layout.log().prefix(2).map(\.kind) == [.tag, .tag])
    #expect(try layout.log().filter { $0.kind == .fork }.count == (isTold ? 1 : 0))
    #expect(try layout.verify().findings.contains { $0.code == .layoutCopied } == false)
    #expect(try layout.problems() == [])
  }

  @Test func `a layout that was copied in the middle of an operation finishes it`() throws {
    let layout = try layout()
    try layout.dieWithTag("w", to: "a")
    let twin = TestLayout(sharing: layout, at: layout.folder("copy"))
    try copy(layout.path, twin.path)
    try twin.recover()
    #expect(try twin.digest("w") == twin.digest("a"))
    #expect(try twin.problems() == [])
  }

  @Test func `what a newer version wrote is refused and left alone`() throws {
    let layout = try layout()
    let before = try Files.read(layout.indexPath)
    let format = try Files.read(path(layout, "format"))
    let newer = String(decoding: format, as: UTF8.self).replacing("store 1 ", with: "store 2 ")
    try Files.write(newer, to: path(layout, "format"))
    #expect(throws: JournalError.self) { try layout.tag("v", to: "a") }
    #expect(throws: JournalError.self) { try layout.history() }
    try Files.write(format, to: path(layout, "format"))
    do {
      let database = try JournalDatabase(
        writing: DatabaseFile(at: path(layout, "journal.db")), durability: .relaxed)
      try database.execute("PRAGMA user_version = 99")
    }
    #expect(throws: JournalError.self) { try layout.tag("v", to: "a") }
    #expect(throws: JournalError.self) { try layout.history() }
    #expect(try Files.read(layout.indexPath) == before)
  }

  @Test(arguments: [true, false])
  func `a record file that is missing or altered is written again`(isMissing: Bool) throws {
    let layout = try layout()
    let name = path(layout, "ops/") + (try layout.names(in: ".ocitx/ops").sorted()[1])
    var bytes = try Files.read(name)
    bytes[bytes.count / 2] ^= 1
    if isMissing { try Files.remove(name) } else { try Files.write(bytes, to: name) }
    #expect(try layout.problems() != [])
    try layout.recover(.thorough)
    #expect(try layout.problems() == [])
  }

  @Test func `reading a layout without a journal creates nothing`() throws {
    let layout = try TestLayout()
    let before = try Files.listing(layout.path)
    #expect(throws: JournalError.self) { try layout.history() }
    _ = try layout.tags()
    #expect(try Files.listing(layout.path) == before)
  }

  @Test func `reading a layout with a journal changes nothing`() throws {
    let layout = try layout()
    try layout.dieWithTag("w", to: "a")
    let before = try Files.listing(layout.path)
    _ = try layout.log()
    _ = try layout.status()
    #expect(try Files.listing(layout.path) == before)
  }

  @Test func `a hot rollback journal is no obstacle`() throws {
    let layout = try layout()
    let log = try layout.log().map(\.id)
    let (file, rollback) = (path(layout, "journal.db"), path(layout, "journal.db-journal"))
    do {
      // The state in the middle of a transaction whose pages have reached the file.
      let database = try JournalDatabase(
        writing: DatabaseFile(at: file), durability: .relaxed)
      try database.execute("PRAGMA synchronous = FULL; PRAGMA cache_size = 1; BEGIN IMMEDIATE")
      try database.execute("UPDATE operations SET kind = 'wrong'")
      try database.execute(
        "INSERT INTO documents SELECT 'x' || value, zeroblob(5000)"
          + " FROM (WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n"
          + " WHERE value < 50) SELECT value FROM n)")
      try copy(file, layout.folder("hot.db"))
      try copy(rollback, layout.folder("hot.db-journal"))
      try database.execute("ROLLBACK")
    }
    try copy(layout.folder("hot.db"), file)
    try copy(layout.folder("hot.db-journal"), rollback)
    #expect(try layout.log().map(\.id) == log)
    #expect(try layout.log().allSatisfy { $0.kind.rawValue != "wrong" })
    try layout.tag("v", to: "a")
    #expect(try Array(layout.log().map(\.id).dropFirst()) == log)
    #expect(try layout.problems() == [])
  }
}
