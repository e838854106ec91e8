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

  @Test func `a liveness lock without anything is removed`() throws {
    let layout = try layout()
    for name in [operationID("k"), "." + operationID("l"), "rubbish"] {
      try Files.write("", to: layout.path + "/.ocitx/live/" + name)
    }
    let report = try recover(layout)
    #expect(report.recovered.isEmpty)
  }

  @Test func `a stage without a liveness lock is removed`() throws {
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
    try layout.dieWithTag("u", to: "b")
    #expect(try layout.digest("u") == nil)
    #expect(try layout.history().operations(HistoryFilter()).first?.isPending == true)
    let report = try recover(layout)
    #expect(report.recovered.map(\.outcome) == [.rolledForward])
    #expect(try layout.digest("u") == layout.digest("b"))
  }

  @Test func `what was prepared is published on top of another tool's change`() throws {
    let layout = try layout()
    try layout.dieWithTag("u", to: "b")
    try layout.changeForeign { $0.replaceEntries(named: "t", with: []) }
    let report = try recover(layout)
    #expect(report.recovered.map(\.outcome) == [.rolledForward])
    #expect(try layout.tags().keys.sorted() == ["a", "b", "u"])
    #expect(try layout.log()[0].recovered != nil)
  }

  @Test func `what was prepared is rolled back when its tag has moved`() throws {
    let layout = try layout()
    try layout.dieWithTag("t", to: "b")
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
    try layout.dieWithTag("u", to: "x")
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
    try layout.dieWithTag("u", to: "x")
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
    try layout.dieWithTag("u", to: "b")
    try layout.exchangeByHand()
    if isChangedSince {
      try layout.changeForeign(from: stale) { $0.replaceEntries(named: "a", with: []) }
    }
    let report = try recover(layout)
    #expect(report.recovered.map(\.outcome) == [.rolledForward])
    #expect(try layout.digest("u") == layout.digest("b"))
    #expect(try layout.tags().count == (isChangedSince ? 3 : 4))
  }

  @Test(arguments: ["copy", "link", "copy and more"])
  func `what a copy made in the middle of a swap has at both ends is confirmed`(
    how: String
  ) throws {
    let layout = try layout()
    try layout.dieWithTag("u", to: "b")
    let staged = try layout.stagedIndexPath()
    if how == "link" {
      try Files.remove(layout.indexPath)
      #expect(Glibc.link(staged, layout.indexPath) == 0)
    } else {
      try layout.writeForeign(try Files.read(staged))
    }
    #expect(try layout.history().operations(HistoryFilter()).first?.isPending == false)
    let isMore = how == "copy and more"
    if isMore { try layout.changeForeign { $0.replaceEntries(named: "a", with: []) } }
    let report = try recover(layout)
    #expect(report.recovered.map(\.outcome) == [.rolledForward])
    #expect(try layout.tags().keys.sorted() == (isMore ? [] : ["a"]) + ["b", "t", "u"])
    #expect(try layout.log().map(\.kind.rawValue).prefix(2).contains("tag"))
  }

  @Test func `a swap of which a power cut kept the name in the stage is rolled back`() throws {
    let layout = try layout()
    let log = try layout.log().map(\.id)
    try layout.dieWithTag("u", to: "b")
    let staged = try layout.stagedIndexPath()
    try Files.remove(staged)
    #expect(Glibc.link(layout.indexPath, staged) == 0)
    let report = try recover(layout)
    #expect(report.recovered.map(\.outcome) == [.rolledBack])
    #expect(try layout.digest("u") == nil)
    #expect(try layout.log().map(\.id) == log)
  }

  @Test func `a prepared operation that is dropped is rolled back`() throws {
    let layout = try layout()
    let (tags, log) = (try layout.tags(), try layout.log().map(\.id))
    _ = try layout.prepareTag("u", to: "b")
    #expect(try layout.names(in: ".ocitx/live") == [])
    #expect(try layout.names(in: ".ocitx/stage") == [])
    #expect(try layout.recover().isEmpty)
    #expect(try layout.tags() == tags)
    #expect(try layout.log().map(\.id) == log)
    #expect(try layout.problems() == [])
    try layout.tag("u", to: "b")
  }

  @Test(arguments: [false, true])
  func `what could not be synced is taken back unless another tool has published since`(
    isLate: Bool
  ) throws {
    let layout = try layout()
    try layout.dieWithTag("u", to: "b")
    let ours = Digest.sha256(of: try Files.read(layout.stagedIndexPath()))
    try layout.exchangeByHand()
    if isLate { try layout.changeForeign { $0.replaceEntries(named: "a", with: []) } }
    let found = try layout.tags()
    let root = try layout.open().root
    let stage = try root.openDirectory(".ocitx/stage/" + layout.names(in: ".ocitx/stage")[0])
    let failure = SyscallError(call: "fsync", path: layout.path, code: EIO)
    let exchange = try layout.exchange()
    let told = #expect(throws: JournalError.self) {
      try exchange.takeBack(ours, stage, after: failure)
    }
    if case .notDurable = told { #expect(isLate) } else { #expect(!isLate) }
    #expect(try isLate ? layout.tags() == found : layout.digest("u") == nil)
    _ = try recover(layout)
    #expect(try layout.tags().keys.sorted() == (isLate ? [] : ["a"]) + ["b", "t", "u"])
  }

  @Test func `what was slipped in before a crash is merged afterwards`() throws {
    let layout = try layout()
    try layout.dieWithTag("u", to: "b")
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
    try layout.dieWithTag("u", to: "b")
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
  /// The only staged index.
  func stagedIndexPath() throws -> String {
    try "\(path)/.ocitx/stage/\(names(in: ".ocitx/stage")[0])/index.json"
  }

  /// What swaps the indexes of this layout.
  func exchange() throws -> IndexExchange {
    IndexExchange(
      session: try OperationJournal(
        writing: open(), invocation, WritingOptions(durability: .relaxed)
      ).session)
  }

  /// The swap of a prepared operation whose process dies right after it.
  func exchangeByHand() throws {
    let root = try open().root
    let stage = try root.openDirectory(".ocitx/stage/" + names(in: ".ocitx/stage")[0])
    try stage.exchange("index.json", with: root, "index.json", "publish.exchange")
  }
}
