import Glibc
import Mutations
import Store
import TestSupport
import Testing

@testable import Journal

/// Putting back what another tool overwrote when its content is gone: what misses a blob is not
/// published, everything else is, and the history says what was lost.
@Suite struct LostContentTests {
  /// A layout in which another tool, late by two operations, has set `x`, taken `b` away, and lost our
  /// tags `u` and `v`.
  private func overwritten() throws -> (layout: TestLayout, theirs: [UInt8]) {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    let stale = try layout.index()
    try layout.tag("u", to: "b")
    try layout.tag("v", to: "a")
    let image = try layout.addForeignImage("theirs")
    let theirs = layout.foreignBytes(from: stale) {
      $0.replaceEntries(named: "b", with: [])
      $0.append(image.settingAnnotation(Annotations.referenceName, to: "x"))
    }
    try layout.writeForeign(theirs)
    return (layout, theirs)
  }

  /// A layer that only `b` and `u` have is lost for good.
  private func loseContent(of layout: TestLayout) throws {
    let path = BlobStore.relativePath(of: .sha256(of: Array("another layer".utf8)))
    try Files.remove(layout.path + "/blobs/" + path)
    try Files.remove(layout.path + "/.ocitx/keep/" + path)
  }

  private func check(_ layout: TestLayout, _ report: RecoveryReport) throws {
    #expect(try layout.tags().keys.sorted() == ["a", "t", "v", "x"])
    #expect(report.notes.contains { $0.description.contains("cannot be put back: u") })
    #expect(layout.findings() == [])
    #expect(try layout.problems() == [])
    let moves = try layout.history().operations(HistoryFilter(tag: "u")).map(\.record)
    #expect(moves.map(\.kind) == [.external, .tag])
    #expect(moves[0].edits.first { $0.key == .name("u") }?.after == [])
    #expect(try layout.recover().isEmpty)
  }

  @Test func `a tag whose content is gone is not put back, the others are`() throws {
    let (layout, _) = try overwritten()
    try loseContent(of: layout)
    try check(layout, layout.recover())
    #expect(try layout.log().map(\.kind).prefix(2) == [.reapply, .external])
  }

  @Test(arguments: [false, true])
  func `a reapplication whose content vanished before its swap is done again without it`(
    diesAgain: Bool
  ) throws {
    let (layout, theirs) = try overwritten()
    try layout.recover()
    let reapplied = try layout.log()[0]
    #expect(reapplied.kind == .reapply)
    #expect(try layout.tags().keys.sorted() == ["a", "t", "u", "v", "x"])
    // Back to the instant between its preparation and its swap.
    let stage = layout.path + "/.ocitx/stage/" + reapplied.id.text
    try Files.makeDirectory(stage)
    try Files.write(Files.read(layout.indexPath), to: stage + "/index.json")
    try layout.writeForeign(theirs)
    do {
      let database = try JournalDatabase(
        writing: DatabaseFile(at: layout.path + "/.ocitx/journal.db"), durability: .relaxed)
      try database.execute("UPDATE operations SET state = 'prepared' WHERE kind = 'heal'")
      // Back to the instant after it was rolled back: the foreign version is all that is left.
      if diesAgain {
        try Files.remove(stage)
        try Files.remove(
          layout.path + "/.ocitx/ops/" + FinalisedRecord.fileName(reapplied.sequence, reapplied.id))
        try database.transaction { () throws(JournalError) in
          try database.markRolledBack(reapplied.id, reason: "gone")
        }
      }
    }
    try loseContent(of: layout)
    let report = try layout.recover()
    #expect(report.recovered.map(\.outcome) == (diesAgain ? [] : [.rolledBack]))
    try check(layout, report)
    #expect(try layout.log().map(\.kind).prefix(3) == [.reapply, .external, .external])
  }

  @Test func `a conflict whose side of ours is gone is theirs`() throws {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    let stale = try layout.index()
    try layout.tag("t", to: "b")
    let image = try layout.addForeignImage("theirs")
    try layout.changeForeign(from: stale) {
      $0.replaceEntries(named: "b", with: [])
      $0.replaceEntries(
        named: "t", with: [image.settingAnnotation(Annotations.referenceName, to: "t")])
    }
    try loseContent(of: layout)
    try layout.recover()
    #expect(try layout.digest("t") == image.digest)
    #expect(try layout.status().conflicts.isEmpty)
    #expect(try layout.problems() == [])
  }

  @Test func `a late change whose content is missing waits as a conflict`() throws {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    let (whole, broken) = (try layout.addForeignImage("whole"), try layout.addForeignImage("lost"))
    let bytes = try layout.foreignBytes(from: layout.index()) {
      $0.append(whole.settingAnnotation(Annotations.referenceName, to: "x"))
      $0.append(broken.settingAnnotation(Annotations.referenceName, to: "y"))
    }
    let writer = try LateWriter(layout.indexPath)
    try layout.tag("u", to: "b")
    try writer.write(bytes)
    try Files.remove(
      layout.path + "/blobs/" + BlobStore.relativePath(of: .sha256(of: Array("lost".utf8))))
    let report = try layout.recover()
    #expect(report.notes.contains { $0.description.contains("cannot be taken over: y") })
    #expect(try layout.tags().keys.sorted() == ["a", "b", "t", "u", "x"])
    #expect(try layout.status().conflicts.map(\.key) == [.name("y")])
    #expect(layout.findings() == [])
    #expect(try layout.problems() == [])
    #expect(try layout.recover().isEmpty)
  }
}
