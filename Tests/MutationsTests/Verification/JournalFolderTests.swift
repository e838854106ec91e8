import Journal
import Mutations
import Store
import TestSupport
import Testing

/// What copying a layout may lose of its journal, and what a disk may damage.
@Suite struct JournalFolderTests {
  private let layout: TestLayout

  init() throws {
    layout = try TestLayout()
    try layout.tag("t", to: "a")
  }

  private func removeFolder(_ name: String) throws {
    let outcome = try ExternalCommand.run(["rm", "-r", layout.path + "/.ocitx/" + name])
    #expect(outcome.status == 0)
  }

  /// Archives, object stores and version control keep no empty folders.
  @Test(arguments: ["live", "stage", "trash", "displaced", "keep"])
  func `a folder that was lost is noted, and the next command makes it again`(
    name: String
  ) throws {
    try removeFolder(name)
    #expect(try layout.log().count == 2)
    #expect(try layout.status().fallbackReason == nil)
    let found = try layout.verify().findings
    #expect(found.map { "\($0.code) \($0.subject)" } == ["folder-missing .ocitx/\(name)"])
    try layout.tag("u", to: "t")
    #expect(try layout.verify().findings == [])
    #expect(try layout.problems() == [])
  }

  @Test func `all folders lost at once are no obstacle`() throws {
    for name in ["live", "stage", "trash", "displaced", "keep", "ops"] { try removeFolder(name) }
    #expect(try layout.log().count == 2)
    #expect(try layout.damage() == ["record-file-missing", "record-file-missing"])
    #expect(try layout.repair().verification.findings == [])
    #expect(try layout.problems() == [])
  }

  @Test(arguments: [
    "", "umoci-tx-stor 1 ", "umoci-tx-store 0 %", "umoci-tx-store 1 %\n\n",
    "umoci-tx-store 1 %\u{b}",
    "umoci-tx-store 1 zz\n",
  ])
  func `a damaged format is named and written again`(text: String) throws {
    let path = layout.path + "/.ocitx/format"
    let good = try Files.read(path)
    let id = try layout.history().storeID()
    let bad = text.split(separator: "%", omittingEmptySubsequences: false).joined(separator: id)
    try Files.write(bad, to: path)
    #expect(try layout.damage() == ["journal-invalid"])
    let outcome = try layout.repair()
    #expect(outcome.notes == [".ocitx/format was written again"])
    #expect(outcome.verification.findings == [])
    #expect(try Files.read(path) == good)
  }

  @Test(arguments: ["repair", "writer", "recover"])
  func `a format that was removed is named, and written again from the history`(
    how: String
  ) throws {
    let path = layout.path + "/.ocitx/format"
    let good = try Files.read(path)
    try Files.remove(path)
    #expect(try layout.log().count == 2)
    #expect(try layout.damage() == ["journal-invalid"])
    switch how {
    case "repair":
      #expect(try layout.repair().notes == [".ocitx/format was written again"])
    case "writer": try layout.tag("u", to: "a")
    default: try layout.recover()
    }
    #expect(try Files.read(path) == good)
    #expect(try layout.verify().findings == [])
    #expect(try layout.problems() == [])
  }

  @Test func `a folder in the place of the lock is named and put aside`() throws {
    let path = layout.path + "/.ocitx/lock"
    try Files.remove(path)
    try Files.makeDirectory(path)
    try Files.write("in it", to: path + "/file")
    #expect(throws: JournalError.self) { try layout.tag("u", to: "a") }
    #expect(try layout.damage() == ["journal-invalid"])
    let outcome = try layout.repair()
    #expect(outcome.notes == [LockRepair.note])
    #expect(outcome.verification.findings == [])
    let aside = layout.path + "/.ocitx/displaced/unused-lock-1/file"
    #expect(try Files.read(aside) == Array("in it".utf8))
    try layout.tag("u", to: "a")
    #expect(try layout.problems() == [])
  }

  @Test func `without a database the records tell the id of the journal`() throws {
    let path = layout.path + "/.ocitx/format"
    let good = try Files.read(path)
    try Files.write("damaged", to: path)
    try Files.write("damaged", to: layout.path + "/.ocitx/journal.db")
    #expect(try FormatRepair.run(in: layout.open(), WritingOptions(durability: .relaxed)))
    #expect(try Files.read(path) == good)
    #expect(try !FormatRepair.run(in: layout.open(), WritingOptions(durability: .relaxed)))
  }

  @Test func `a format of a newer version is not written over`() throws {
    let path = layout.path + "/.ocitx/format"
    let newer = "umoci-tx-store 2 " + (try layout.history().storeID()) + " more\n"
    try Files.write(newer, to: path)
    #expect(throws: JournalError.self) { try layout.repair() }
    #expect(try Files.read(path) == Array(newer.utf8))
  }
}
