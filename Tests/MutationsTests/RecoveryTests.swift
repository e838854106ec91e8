import Glibc
import Mutations
import Store
import TestSupport
import Testing

@testable import Journal

/// What a dead process may have left, and what the next one makes of it.
@Suite struct RecoveryTests {
  private func operationID(_ letter: Character) -> String { String(repeating: letter, count: 16) }

  private func layout() throws -> TestLayout {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    return layout
  }

  /// Recovers, twice, and checks what must hold.
  private func recover(_ layout: TestLayout) throws -> RecoveryReport {
    let report = try layout.recover()
    #expect(try layout.problems() == [])
    let log = try layout.log().map(\.id)
    #expect(try layout.recover().isEmpty)
    #expect(try layout.log().map(\.id) == log)
    return report
  }

  @Test func `a live file without anything is removed`() throws {
    let layout = try layout()
    for name in [operationID("k"), "." + operationID("l"), "rubbish"] {
      try Files.write("", to: layout.path + "/.ocitx/live/" + name)
    }
    let report = try recover(layout)
    #expect(report.recovered.isEmpty)
  }

  @Test func `a stage without a live file is removed`() throws {
    let layout = try layout()
    try Files.makeDirectory(layout.path + "/.ocitx/stage/\(operationID("k"))/deep")
    try Files.write("x", to: layout.path + "/.ocitx/stage/\(operationID("k"))/deep/blob")
    try Files.write("x", to: layout.path + "/.ocitx/stage/restored-0123")
    _ = try recover(layout)
  }

  @Test func `an intent whose process died is rolled back`() throws {
    let layout = try layout()
    let tags = try layout.tags()
    do {
      let journal = try OperationJournal(
        writing: layout.open(), layout.invocation, WritingOptions(durability: .relaxed))
      var transaction = try journal.begin(.new, stages: true)
      _ = try transaction.stagingArea().stage(Array("blob".utf8))
    }
    #expect(try !layout.names(in: ".ocitx/live").isEmpty)
    let report = try recover(layout)
    #expect(report.recovered.map(\.outcome) == [.rolledBack])
    #expect(try layout.tags() == tags)
  }

  @Test func `what was prepared and not published is published`() throws {
    let layout = try layout()
    _ = try layout.prepareTag("u", to: "b")
    #expect(try layout.digest("u") == nil)
    #expect(try layout.history().operations(HistoryFilter()).first?.isPending == true)
    let report = try recover(layout)
    #expect(report.recovered.map(\.outcome) == [.rolledForward])
    #expect(try layout.digest("u") == layout.digest("b"))
  }

  @Test func `what was prepared is published on top of another tool's change`() throws {
    let layout = try layout()
    _ = try layout.prepareTag("u", to: "b")
    try layout.changeForeign { $0.replaceEntries(named: "t", with: []) }
    let report = try recover(layout)
    #expect(report.recovered.map(\.outcome) == [.rolledForward])
    #expect(try layout.tags().keys.sorted() == ["a", "b", "u"])
    #expect(try layout.log()[0].recovered != nil)
  }

  @Test func `what was prepared is rolled back when its tag has moved`() throws {
    let layout = try layout()
    _ = try layout.prepareTag("t", to: "b")
    try layout.changeForeign { $0.replaceEntries(named: "t", with: []) }
    let report = try recover(layout)
    #expect(report.recovered.map(\.outcome) == [.rolledBack])
    #expect(try layout.tags().keys.sorted() == ["a", "b"])
  }

  @Test func `what was prepared is rolled back when its content is gone`() throws {
    let layout = try layout()
    let image = try layout.addForeignImage("theirs")
    try layout.changeForeign {
      $0.append(image.settingAnnotation(Annotations.referenceName, to: "x"))
    }
    _ = try layout.prepareTag("u", to: "x")
    try layout.changeForeign { $0.replaceEntries(named: "x", with: []) }
    try layout.collectForeign()
    try Files.remove(layout.path + "/.ocitx/keep/sha256")
    let report = try recover(layout)
    #expect(report.recovered.map(\.outcome) == [.rolledBack])
    #expect(try layout.tags().keys.sorted() == ["a", "b", "t"])
  }

  @Test func `what was prepared is published though another tool's gc took its blobs`() throws {
    let layout = try layout()
    let image = try layout.addForeignImage("theirs")
    try layout.changeForeign {
      $0.append(image.settingAnnotation(Annotations.referenceName, to: "x"))
    }
    _ = try layout.prepareTag("u", to: "x")
    try layout.changeForeign { $0.replaceEntries(named: "x", with: []) }
    try layout.collectForeign()
    let report = try recover(layout)
    #expect(report.recovered.map(\.outcome) == [.rolledForward])
    #expect(try layout.digest("u") == image.digest)
  }

  @Test(arguments: [false, true])
  func `what was published is confirmed`(isChangedSince: Bool) throws {
    let layout = try layout()
    let stale = try layout.index()
    _ = try layout.prepareTag("u", to: "b")
    try layout.exchangeByHand()
    if isChangedSince {
      try layout.changeForeign(from: stale) { $0.replaceEntries(named: "a", with: []) }
    }
    let report = try recover(layout)
    #expect(report.recovered.map(\.outcome) == [.rolledForward])
    #expect(try layout.digest("u") == layout.digest("b"))
    #expect(try layout.tags().count == (isChangedSince ? 3 : 4))
  }

  @Test func `what was slipped in before a crash is merged afterwards`() throws {
    let layout = try layout()
    _ = try layout.prepareTag("u", to: "b")
    let image = try layout.addForeignImage("theirs")
    try layout.changeForeign {
      $0.append(image.settingAnnotation(Annotations.referenceName, to: "x"))
    }
    try layout.exchangeByHand()
    let report = try recover(layout)
    #expect(report.recovered.map(\.outcome) == [.rolledForward])
    #expect(try layout.tags().keys.sorted() == ["a", "b", "t", "u", "x"])
  }

  @Test func `what took itself back is rolled back`() throws {
    let layout = try layout()
    _ = try layout.prepareTag("u", to: "b")
    let stage = layout.path + "/.ocitx/stage/" + (try layout.names(in: ".ocitx/stage")[0])
    #expect(Glibc.rename(stage + "/index.json", stage + "/withdrawn.json") == 0)
    let report = try recover(layout)
    #expect(report.recovered.map(\.outcome) == [.rolledBack])
    #expect(try layout.digest("u") == nil)
  }

  @Test func `leftovers of a committed operation are removed`() throws {
    let layout = try layout()
    let id = try layout.log()[0].id.text
    try Files.write("", to: layout.path + "/.ocitx/live/" + id)
    try Files.makeDirectory(layout.path + "/.ocitx/stage/" + id)
    try Files.write("x", to: layout.path + "/.ocitx/stage/\(id)/blob")
    let report = try recover(layout)
    #expect(report.recovered.allSatisfy { $0.outcome == .rolledForward })
  }

  @Test func `a record that was written and never prepared is removed`() throws {
    let layout = try layout()
    let id = operationID("k")
    try Files.write("", to: layout.path + "/.ocitx/live/" + id)
    let record = try Files.read(
      layout.path + "/.ocitx/ops/" + layout.names(in: ".ocitx/ops").sorted()[1])
    try Files.write(record, to: layout.path + "/.ocitx/ops/000000000003-\(id).json")
    _ = try recover(layout)
  }

  @Test func `a living operation is left alone`() throws {
    let layout = try layout()
    let journal = try OperationJournal(
      writing: layout.open(), layout.invocation, WritingOptions(durability: .relaxed))
    var transaction = try journal.begin(.new, stages: true)
    let area = try transaction.stagingArea()
    let blob = try area.stage(Array("blob".utf8))
    try layout.tag("u", to: "b")
    try layout.recover(.thorough)
    #expect(try layout.names(in: ".ocitx/live") == [transaction.id.text])
    #expect(try layout.names(in: ".ocitx/stage") == [transaction.id.text])
    let status = try layout.status()
    #expect(status.unfinished.map(\.isAlive) == [true])
    let prepared = try transaction.prepare { _ in .init(edits: [], isForced: true) }
    _ = try prepared?.commit()
    #expect(layout.blobExists(blob.digest))
    #expect(try layout.problems() == [])
  }
}

extension TestLayout {
  /// The swap of a prepared operation whose process dies right after it.
  func exchangeByHand() throws {
    let root = try open().root
    let stage = try root.openDirectory(".ocitx/stage/" + names(in: ".ocitx/stage")[0])
    try stage.exchange("index.json", with: root, "index.json", "publish.exchange")
  }
}
