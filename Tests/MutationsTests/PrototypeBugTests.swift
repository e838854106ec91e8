import Glibc
import Mutations
import Store
import TestSupport
import Testing

@testable import Journal

/// The bugs that a prototype of the journal had, by the numbers of the design.
@Suite struct PrototypeBugTests {
  @Test func `bug 1: no clean-up finds a living operation unlocked`() throws {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    let opened = try layout.open()
    let control = try #require(try ControlFolder.find(in: opened))
    let cleaner = Worker {
      let storage = control.storage(of: opened)
      for _ in 0..<3000 {
        for name in (try? storage.announcements()) ?? [] {
          try? storage.withDead(name) { () throws(JournalError) in try storage.forget(name) }
        }
      }
    }
    let storage = control.storage(of: opened)
    for _ in 0..<300 {
      let id = layout.invocation.makeOperationID()
      let live = try storage.announce(id)
      #expect(try layout.names(in: ".ocitx/live").contains(id.text))
      #expect(try storage.liveness(of: id.text) == .alive)
      try live.end()
    }
    cleaner.join()
  }

  @Test func `bug 2: slipped-in bytes have the base that their stamp names`() throws {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    let stale = try layout.index()
    try layout.tag("ours", to: "a")
    let image = try layout.addForeignImage("theirs")
    // He read the index before `ours` and writes it while another operation is under way.
    try layout.tag("u", to: "b") {
      try layout.changeForeign(from: stale) {
        $0.append(image.settingAnnotation(Annotations.referenceName, to: "x"))
      }
    }
    #expect(try layout.tags().keys.sorted() == ["a", "b", "ours", "t", "u", "x"])
    #expect(try layout.problems() == [])
  }

  @Test func `bug 3: who read a new layout before its first tag deletes nothing`() throws {
    let layout = try TestLayout()
    let new = TestLayout(sharing: layout, at: layout.folder("new"))
    _ = try CreateLayout.run(
      at: new.path, new.invocation, WritingOptions(durability: .relaxed))
    let early = try new.index()
    #expect(early.annotation(CommitMarker.key) != nil)
    let created = Timestamp(secondsSinceEpoch: 0)
    try new.run(CreateImage(ReferenceName(parsing: "ours"), created: created))
    let image = try new.addForeignImage("theirs")
    try new.changeForeign(from: early) {
      $0.append(image.settingAnnotation(Annotations.referenceName, to: "x"))
    }
    try new.recover()
    #expect(try new.tags().keys.sorted() == ["ours", "x"])
    #expect(try new.problems() == [])
  }

  @Test func `bug 4: a manifest that another tool has truncated is read from its copy`() throws {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    let digest = try #require(try layout.digest("a"))
    try Files.write("", to: layout.path + "/blobs/" + BlobStore.relativePath(of: digest))
    try layout.tag("u", to: "a")
    #expect(try layout.digest("u") == digest)
    #expect(try layout.problems() == [])
  }

  @Test func `bug 5: an index that stays torn stops nobody`() throws {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    try layout.writeForeign(Array(#"{"schemaVersion":2,"mani"#.utf8), .inPlace)
    try layout.tag("u", to: "t")
    #expect(try layout.tags().keys.sorted() == ["a", "b", "t", "u"])
    #expect(try layout.problems() == [])
  }

  @Test func `bug 6: a reapplication whose process died before its swap happens all the same`()
    throws
  {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    let stale = try layout.index()
    try layout.tag("u", to: "b")
    let theirs = layout.foreignBytes(from: stale) { $0.replaceEntries(named: "b", with: []) }
    try layout.writeForeign(theirs)
    try layout.recover()
    let reapplied = try layout.log()[0]
    #expect(reapplied.kind == .reapply)
    // Back to the instant between its preparation and its swap.
    let stage = layout.path + "/.ocitx/stage/" + reapplied.id.text
    try Files.makeDirectory(stage)
    try Files.write(Files.read(layout.indexPath), to: stage + "/index.json")
    try layout.writeForeign(theirs)
    do {
      let database = try JournalDatabase(
        writing: DatabaseFile(at: layout.path + "/.ocitx/journal.db"), durability: .relaxed)
      try database.execute("UPDATE operations SET state = 'prepared' WHERE kind = 'heal'")
    }
    let report = try layout.recover()
    #expect(report.recovered.map(\.outcome) == [.rolledForward])
    #expect(try layout.tags().keys.sorted() == ["a", "t", "u"])
    #expect(try layout.log()[0].id == reapplied.id)
    #expect(try layout.problems() == [])
  }

  @Test func `bug 7: what a committed operation left is removed`() throws {
    let layout = try TestLayout()
    let record = try #require(try layout.tag("t", to: "a"))
    try layout.tag("u", to: "a")
    let id = record.id.text
    try Files.makeDirectory(layout.path + "/.ocitx/stage/" + id)
    try Files.write("", to: layout.path + "/.ocitx/live/" + id)
    try layout.tag("v", to: "a")
    #expect(try layout.problems() == [])
  }

  @Test func `what another tool added another tool may remove`() throws {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    let image = try layout.addForeignImage("theirs")
    try layout.changeForeign {
      $0.append(image.settingAnnotation(Annotations.referenceName, to: "x"))
    }
    try layout.recover()
    try layout.changeForeign { $0.replaceEntries(named: "x", with: []) }
    try layout.recover()
    #expect(try layout.tags().keys.sorted() == ["a", "b", "t"])
    #expect(try layout.log().map(\.kind) == [.external, .external, .tag, .adopt])
    #expect(try layout.problems() == [])
  }
}
