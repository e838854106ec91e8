import Mutations
import Store
import TestSupport
import Testing

@testable import Journal

/// Settings are changed by operations: in the chain, undoable, and what holds is what the records say.
@Suite struct SettingTests {
  private func value(_ layout: TestLayout, _ setting: LayoutSetting) throws -> String? {
    try layout.history().setting(setting.name)
  }

  /// Changes the database behind the program's back.
  private func change(_ layout: TestLayout, _ sql: String) throws {
    try JournalDatabase(
      writing: DatabaseFile(at: layout.path + "/.ocitx/journal.db"), durability: .relaxed
    ).execute(sql)
  }

  private func codes(_ layout: TestLayout) throws -> [LayoutFinding.Code] {
    try HistoryAudit(of: layout.open(), now: layout.invocation.now()).run().findings.map(\.code)
  }

  /// Makes of the layout's journal what version 5 of the tables had.
  private func downgrade(_ layout: TestLayout) throws {
    try change(layout, "DROP TABLE earlier_settings; PRAGMA user_version = 5")
  }

  @Test func `a setting is set, undone and set again, in the chain`() throws {
    let layout = try TestLayout()
    let record = try #require(try layout.set(.undoDays, to: "7"))
    #expect(record.kind == .settings && record.edits == [])
    #expect(record.settings == [.init(name: "undo-days", before: nil, after: "7")])
    #expect(try layout.set(.undoDays, to: "7") == nil)
    let target = try Reversal.undoTarget(in: layout.history(), userID: 1000).target
    #expect(target.id == record.id)
    let undo = try #require(try layout.run(UndoOperation(target)))
    #expect(undo.settings == [.init(name: "undo-days", before: "7", after: nil)])
    #expect(try value(layout, .undoDays) == nil)
    #expect(throws: JournalError.self) { try layout.run(UndoOperation(target)) }
    try layout.run(UndoOperation(undo, kind: .redo))
    #expect(try value(layout, .undoDays) == "7")
    #expect(try layout.log().map(\.kind) == [.redo, .undo, .settings, .adopt])
    #expect(try layout.problems() == [])
  }

  @Test func `a setting that was set again is in the way of undo, and another is not`() throws {
    let layout = try TestLayout()
    let first = try #require(try layout.set(.undoDays, to: "7"))
    try layout.set(.trashDays, to: "1")
    let second = try #require(try layout.set(.undoDays, to: "8"))
    do {
      try layout.run(UndoOperation(first))
      Issue.record("it was undone")
    } catch JournalError.setSince(_, _, let value, let mover) {
      #expect(value == "setting undo-days")
      #expect(mover?.contains("operation \(second.sequence)") == true)
    }
    try layout.run(UndoOperation(first, isForced: true))
    #expect(try value(layout, .undoDays) == nil)
    #expect(try value(layout, .trashDays) == "1")
    #expect(try layout.problems() == [])
  }

  @Test func `restore leaves settings alone`() throws {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    let past = try layout.log()[0]
    try layout.tag("t", to: "b")
    try layout.set(.undoDays, to: "7")
    let record = try #require(try layout.run(RestoreState(to: past)))
    #expect(record.settings == [])
    #expect(try value(layout, .undoDays) == "7")
    #expect(try layout.problems() == [])
  }

  /// An operation that changes `undo-days` from 7 to 8, prepared.
  private func prepare(_ layout: TestLayout) throws -> PreparedTransaction {
    let journal = try OperationJournal(
      writing: layout.open(), layout.invocation, WritingOptions(durability: .relaxed))
    let prepared = try journal.begin(.settings, stages: false).prepare { _ in
      .init(edits: [], settings: [.init(name: "undo-days", before: "7", after: "8")])
    }
    guard let prepared else { throw TestFailure("nothing to do") }
    return prepared
  }

  @Test func `what was prepared and is given up takes its value with it`() throws {
    let layout = try TestLayout()
    try layout.set(.undoDays, to: "7")
    let prepared = try prepare(layout)
    #expect(try value(layout, .undoDays) == "8")
    _ = consume prepared
    #expect(try value(layout, .undoDays) == "7")
    #expect(try layout.problems() == [])
  }

  @Test func `who dies prepared has set the value, whatever another tool does meanwhile`() throws {
    let layout = try TestLayout()
    try layout.set(.undoDays, to: "7")
    try prepare(layout).leave()
    try layout.changeForeign { $0.replaceEntries(named: "b", with: []) }
    try layout.recover()
    #expect(try value(layout, .undoDays) == "8")
    #expect(try layout.log().map(\.kind) == [.settings, .external, .settings, .adopt])
    #expect(try layout.problems() == [])
  }

  @Test(arguments: [true, false])
  func `a lost database takes settings from the records`(isRemoved: Bool) throws {
    let layout = try TestLayout()
    try layout.set(.undoDays, to: "7")
    try layout.set(.foreign, to: "adopt")
    try layout.set(.undoDays, to: "8")
    try layout.set(.foreign, to: nil)
    let path = layout.path + "/.ocitx/journal.db"
    if isRemoved { try Files.remove(path) } else { try Files.write("", to: path) }
    #expect(try value(layout, .undoDays) == "8")
    try layout.recover()
    #expect(try value(layout, .undoDays) == "8")
    #expect(try value(layout, .foreign) == nil)
    #expect(try layout.problems() == [])
  }

  @Test(
    arguments: [
      ("UPDATE settings SET value = '0'", .settingChanged),
      ("DELETE FROM settings", .settingChanged),
      ("INSERT INTO settings VALUES ('undo-operations', '0')", .settingChanged),
      ("UPDATE settings SET value = 'soon'", .settingInvalid),
      ("INSERT INTO settings VALUES ('colour', 'red')", .settingInvalid),
    ] as [(String, LayoutFinding.Code)])
  func `a value that no operation has set is found and mended`(
    sql: String, code: LayoutFinding.Code
  ) throws {
    let layout = try TestLayout()
    try layout.set(.undoDays, to: "365")
    try change(layout, sql)
    #expect(try codes(layout) == [code])
    let done = try OperationJournal(
      writing: layout.open(), layout.invocation, WritingOptions(durability: .relaxed)
    ).mendHistory()
    #expect(done.count == 1, "\(done)")
    #expect(try value(layout, .undoDays) == "365")
    #expect(try value(layout, .undoOperations) == nil)
    #expect(try codes(layout) == [])
    #expect(try layout.problems() == [])
  }

  @Test func `settings of an earlier version hold, and the history does not know who set them`()
    throws
  {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    try change(
      layout,
      "INSERT INTO settings VALUES ('undo-days', '7'), ('trash-days', '1'), ('colour', 'red')")
    try downgrade(layout)
    #expect(try value(layout, .undoDays) == "7")
    #expect(try codes(layout).filter(\.isProblem) == [.settingInvalid])
    try layout.set(.trashDays, to: "2")
    #expect(try layout.log()[0].settings == [.init(name: "trash-days", before: "1", after: "2")])
    try change(layout, "DELETE FROM settings WHERE key = 'colour'")
    #expect(try codes(layout) == [.settingUnrecorded])
    #expect(try value(layout, .undoDays) == "7")
    try change(layout, "UPDATE settings SET value = '8' WHERE key = 'undo-days'")
    #expect(try codes(layout) == [.settingChanged, .settingUnrecorded])
  }

  @Test(arguments: [5, 6])
  func `settings of an earlier version survive damage of other pages`(version: Int) throws {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    try change(layout, "INSERT INTO settings VALUES ('undo-days', '7'), ('foreign', 'adopt')")
    try downgrade(layout)
    if version == 6 { try layout.set(.foreign, to: "refuse") }
    let path = layout.path + "/.ocitx/journal.db"
    var bytes = try Files.read(path)
    let id = Array(try layout.log()[0].id.text.utf8)
    for start in stride(from: 0, to: bytes.count, by: PageChecksum.pageSize)
    where bytes[start..<start + PageChecksum.pageSize].firstRange(of: id) != nil {
      bytes[start + PageChecksum.pageSize - 1] ^= 1
    }
    try Files.write(bytes, to: path)
    let foreign = version == 6 ? "refuse" : "adopt"
    #expect(try value(layout, .foreign) == foreign)
    try layout.recover(.thorough)
    #expect(try value(layout, .undoDays) == "7")
    #expect(try value(layout, .foreign) == foreign)
    #expect(try layout.names(in: ".ocitx").contains { $0.contains("damaged") })
    #expect(try layout.problems() == [])
  }

  @Test func `a foreign change does not stop the operation that ends the refusal of it`() throws {
    let layout = try TestLayout()
    try layout.set(.refuse)
    let old = try layout.index()
    try layout.tag("t", to: "a")
    try layout.changeForeign(from: old) { $0.replaceEntries(named: "b", with: []) }
    #expect(throws: JournalError.self) { try layout.tag("u", to: "a") }
    #expect(throws: JournalError.self) { try layout.set(.undoDays, to: "7") }
    let options = WritingOptions(durability: .relaxed, insteadOfRefusal: .reapply)
    let runner = MutationRunner(
      layout: try layout.open(), invocation: layout.invocation, options: options)
    _ = try runner.run(ChangeSetting(.foreign, to: nil))
    #expect(try value(layout, .foreign) == nil)
    #expect(try layout.tags().keys.sorted() == ["a", "t"])
    #expect(try layout.log().prefix(3).map(\.kind) == [.settings, .reapply, .external])
    #expect(try layout.problems() == [])
  }
}
