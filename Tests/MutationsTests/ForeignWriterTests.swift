import Mutations
import Store
import TestSupport
import Testing

@testable import Journal

/// Tools that know nothing of us write index.json.
@Suite struct ForeignWriterTests {
  @Test(arguments: ForeignStyle.allCases)
  func `what another tool wrote is recorded with its net difference`(
    style: ForeignStyle
  ) throws {
    let layout = try TestLayout()
    try layout.tag("c", to: "a")
    let image = try layout.addForeignImage("theirs")
    let removed = try layout.descriptor("b")
    try layout.changeForeign(style) {
      $0.replaceEntries(
        named: "x",
        with: [image.settingAnnotation(Annotations.referenceName, to: "x")])
      $0.replaceEntries(named: "b", with: [])
    }
    try layout.tag("d", to: "a")
    let log = try layout.log()
    #expect(log.map(\.kind) == [.tag, .external, .tag, .adopt])
    #expect(log[1].edits.map(\.key) == [.name("b"), .name("x")])
    #expect(log[1].edits[0].before.map(\.digest) == [removed.digest])
    #expect(log[1].edits[0].after == [])
    #expect(log[1].edits[1].after.map(\.digest) == [image.digest])
    #expect(log[1].baseStamp != nil)
    #expect(try layout.tags().keys.sorted() == ["a", "c", "d", "x"])
    #expect(try layout.problems() == [])
  }

  @Test(arguments: ForeignStyle.allCases)
  func `what a stale writer overwrote is put back`(style: ForeignStyle) throws {
    let layout = try TestLayout()
    try layout.tag("c", to: "a")
    let stale = try layout.index()
    try layout.tag("c", to: "b")
    try layout.tag("ours", to: "a")
    try layout.remove("a")
    let image = try layout.addForeignImage("theirs")
    try layout.changeForeign(from: stale, style) {
      $0.append(image.settingAnnotation(Annotations.referenceName, to: "x"))
    }
    let report = try layout.recover()
    #expect(report.reconciled.count == 1)
    #expect(Array(try layout.log().map(\.kind).prefix(2)) == [.reapply, .external])
    #expect(try layout.tags().keys.sorted() == ["b", "c", "ours", "x"])
    #expect(try layout.digest("c") == layout.digest("b"))
    #expect(try layout.log()[1].edits.map(\.key) == [.name("x")])
    #expect(try layout.status().conflicts.isEmpty)
    #expect(try layout.problems() == [])
    #expect(try layout.recover().isEmpty)
  }

  @Test func `what both changed stays ours and theirs can be had back`() throws {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    let stale = try layout.index()
    try layout.tag("t", to: "b")
    let image = try layout.addForeignImage("theirs")
    try layout.changeForeign(from: stale) {
      $0.replaceEntries(
        named: "t", with: [image.settingAnnotation(Annotations.referenceName, to: "t")])
    }
    try layout.recover()
    #expect(try layout.digest("t") == layout.digest("b"))
    let conflict = try #require(try layout.status().conflicts.first)
    #expect(conflict.key == .name("t"))
    #expect(conflict.theirs.map(\.digest) == [image.digest])
    try layout.collectForeign()
    #expect(!layout.blobExists(image.digest))
    let journal = try OperationJournal(
      writing: layout.open(), layout.invocation, WritingOptions(durability: .relaxed))
    let prepared = try journal.begin(.tag, stages: false).prepare { index in
      .init(edits: [
        TagEdit(key: .name("t"), before: index.descriptors(of: .name("t")), after: conflict.theirs)
      ])
    }
    _ = try prepared?.commit()
    #expect(try layout.digest("t") == image.digest)
    #expect(try layout.status().conflicts.isEmpty)
    #expect(try layout.problems() == [])
  }

  /// A layout in which another tool has written back, byte for byte, what it had read two operations
  /// ago: `t` was another image then, and there was no `u`.
  private func staleLayout(
    _ style: ForeignStyle = .rename, _ policy: ForeignPolicy = .reapply
  ) throws -> (layout: TestLayout, past: [UInt8]) {
    let layout = try TestLayout()
    try layout.set(policy)
    try layout.tag("t", to: "a")
    let past = try Files.read(layout.indexPath)
    try layout.tag("t", to: "b")
    try layout.tag("u", to: "b")
    try layout.writeForeign(past, style)
    return (layout, past)
  }

  @Test(arguments: ForeignStyle.allCases, [false, true])
  func `a past state is stale, and what came after it is put back`(
    style: ForeignStyle, isRebuilt: Bool
  ) throws {
    let (layout, past) = try staleLayout(style)
    let count = try layout.log().count
    if isRebuilt { try Files.remove(layout.path + "/.ocitx/journal.db") }
    for round in 1...3 {
      let report = try layout.recover()
      #expect(report.reconciled.map(\.reapplied) == [[.name("t"), .name("u")]])
      #expect(try layout.digest("t") == layout.digest("b"))
      #expect(try layout.digest("u") == layout.digest("b"))
      // Nobody has changed anything: only that it was put back is told, each time that it was.
      #expect(try layout.log().count == count + round)
      #expect(try layout.log()[0].kind == .reapply)
      #expect(try layout.log()[0].baseStamp?.hasPrefix("3:") == true)
      #expect(try layout.recover().isEmpty)
      try layout.writeForeign(past, style)
    }
    try layout.tag("v", to: "a")
    #expect(try layout.tags().keys.sorted() == ["a", "b", "t", "u", "v"])
    #expect(try layout.problems() == [])
  }

  @Test func `under the setting adopt a past state is stale too`() throws {
    let (layout, _) = try staleLayout(.inPlace, .adopt)
    try layout.tag("v", to: "a")
    #expect(try layout.tags().keys.sorted() == ["a", "b", "t", "u", "v"])
    #expect(try layout.digest("t") == layout.digest("b"))
    #expect(try layout.problems() == [])
  }

  @Test func `under the setting refuse a past state stops writers`() throws {
    let (layout, past) = try staleLayout(.rename, .refuse)
    #expect(throws: JournalError.self) { try layout.tag("v", to: "a") }
    #expect(try Files.read(layout.indexPath) == past)
  }

  @Test(arguments: ForeignPolicy.allCases)
  func `a person may take a past state as it is`(policy: ForeignPolicy) throws {
    let (layout, _) = try staleLayout(.rename, policy)
    try layout.recover(.acceptingIndex)
    #expect(try layout.tags().keys.sorted() == ["a", "b", "t"])
    #expect(try layout.digest("t") == layout.digest("a"))
    #expect(try layout.log().map(\.kind) == [.accept, .tag, .tag, .tag, .settings, .adopt])
    #expect(try layout.log()[0].edits.map(\.key) == [.name("t"), .name("u")])
    #expect(try layout.recover(.acceptingIndex).isEmpty)
    #expect(try layout.problems() == [])
    try layout.run(UndoOperation(layout.log()[0]))
    #expect(try layout.digest("u") == layout.digest("b"))
    #expect(try layout.problems() == [])
  }

  @Test func `a person may take any other index as it is, and the rest of ours is gone`() throws {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    let stale = try layout.index()
    try layout.tag("u", to: "b")
    try layout.changeForeign(from: stale) { $0.replaceEntries(named: "b", with: []) }
    try layout.recover(.acceptingIndex)
    #expect(try layout.tags().keys.sorted() == ["a", "t"])
    #expect(try layout.log().map(\.kind) == [.accept, .tag, .tag, .adopt])
    #expect(try layout.problems() == [])
  }

  @Test func `what is adopted for once is taken as it is, a past state too`() throws {
    let (layout, past) = try staleLayout()
    try layout.recover(.adopting)
    #expect(try Files.read(layout.indexPath) == past)
    #expect(try layout.log()[0].kind == .external)
    #expect(try layout.problems() == [])
  }

  @Test(arguments: [RecoveryMode.standard, .repairing])
  func `an entry without content neither displaces nor doubles one of ours`(
    mode: RecoveryMode
  ) throws {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    try layout.tag("u", to: "b")
    let tags = try layout.tags()
    let lost = Descriptor(
      mediaType: .imageManifest, digest: .sha256(of: Array("nowhere".utf8)), size: 7)
    try layout.changeForeign { index in
      let old = index.entries(named: "t").map(\.descriptor)
      index.replaceEntriesInPlace(named: "t", with: [lost] + old)
      index.replaceEntriesInPlace(named: "u", with: [lost])
    }
    let report = try layout.recover(mode)
    #expect(report.notes.contains { $0.description.contains("cannot be taken over: t, u") })
    #expect(try layout.tags() == tags)
    #expect(try layout.index().entries.count == tags.count)
    #expect(try layout.status().conflicts.map(\.key) == [.name("t"), .name("u")])
    #expect(layout.findings() == [])
    #expect(try layout.problems() == [])
    #expect(try layout.recover().isEmpty)
  }

  @Test func `status says what will become of a foreign change`() throws {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    let stale = try layout.index()
    try layout.tag("t", to: "b")
    try layout.tag("u", to: "b")
    let image = try layout.addForeignImage("theirs")
    try layout.changeForeign(from: stale) {
      $0.append(image.settingAnnotation(Annotations.referenceName, to: "x"))
      $0.replaceEntries(
        named: "t", with: [image.settingAnnotation(Annotations.referenceName, to: "t")])
    }
    guard case .changed(let merge) = try layout.status().drift else {
      Issue.record("no change")
      return
    }
    #expect(merge.net.map(\.key) == [.name("x")])
    #expect(merge.reapplied.map(\.key) == [.name("t"), .name("u")])
    #expect(merge.conflicts.map(\.key) == [.name("t")])
    try layout.recover()
    #expect(try layout.log()[1].edits.map(\.key) == merge.net.map(\.key))
    #expect(try layout.log()[1].conflicts.map(\.key) == [.name("t")])
  }

  @Test func `foreign on foreign starts from the nearest state of the same stamp`() throws {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    try layout.changeForeign { index in index.replaceEntries(named: "b", with: []) }
    try layout.recover()
    // The second one read what the first had left, and adds to it.
    let image = try layout.addForeignImage("theirs")
    try layout.changeForeign {
      $0.append(image.settingAnnotation(Annotations.referenceName, to: "x"))
    }
    try layout.recover()
    #expect(try layout.log().map(\.kind) == [.external, .external, .tag, .adopt])
    #expect(try layout.tags().keys.sorted() == ["a", "t", "x"])
    #expect(try layout.problems() == [])
  }

  @Test func `an index without any stamp loses nothing of ours`() throws {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    let image = try layout.addForeignImage("theirs")
    try layout.changeForeign { index in
      index.setAnnotation(CommitMarker.key, to: nil)
      index.append(image.settingAnnotation(Annotations.referenceName, to: "x"))
    }
    try layout.tag("u", to: "b")
    #expect(try layout.tags().keys.sorted() == ["a", "b", "t", "u", "x"])
    #expect(try layout.problems() == [])
  }

  @Test func `unknown members that another tool drops are no change`() throws {
    let layout = try TestLayout { builder in
      let image = try builder.addImage(["layer"])
      builder.tag("a", try image.with("x-ours", "kept"))
    }
    try layout.tag("t", to: "a")
    let count = try layout.log().count
    try layout.changeForeign { index in
      index.replaceAllEntries(
        with: index.entries.map { entry in
          Descriptor(
            mediaType: entry.descriptor.mediaType, digest: entry.descriptor.digest,
            size: entry.descriptor.size
          ).settingAnnotation(Annotations.referenceName, to: entry.referenceName)
        })
    }
    try layout.recover()
    #expect(try layout.log().count == count)
    #expect(try layout.problems() == [])
  }

  @Test(arguments: ForeignStyle.allCases)
  func `writing the same again records nothing`(style: ForeignStyle) throws {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    let count = try layout.log().count
    try layout.changeForeign(style) { _ in }
    for _ in 1...3 { try layout.recover() }
    #expect(try layout.log().count == count)
    try layout.tag("u", to: "t")
    #expect(try layout.problems() == [])
  }

  @Test(arguments: ForeignStyle.allCases)
  func `who slips in between our reading and our swap loses nothing`(
    style: ForeignStyle
  ) throws {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    let image = try layout.addForeignImage("theirs")
    try layout.tag("u", to: "b") {
      try layout.changeForeign(style) {
        $0.append(image.settingAnnotation(Annotations.referenceName, to: "x"))
      }
    }
    #expect(try layout.tags().keys.sorted() == ["a", "b", "t", "u", "x"])
    #expect(try layout.log().map(\.kind) == [.reapply, .external, .tag, .tag, .adopt])
    #expect(try layout.problems() == [])
    #expect(try layout.recover().isEmpty)
  }

  @Test func `who slips in on a tag that we set is a conflict that stays one`() throws {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    let image = try layout.addForeignImage("theirs")
    try layout.tag("t", to: "b") {
      try layout.changeForeign {
        $0.replaceEntries(
          named: "t", with: [image.settingAnnotation(Annotations.referenceName, to: "t")])
      }
    }
    #expect(try layout.digest("t") == layout.digest("b"))
    #expect(try layout.status().conflicts.map(\.theirs.first?.digest) == [image.digest])
    #expect(try layout.problems() == [])
    try layout.forgetMergeOfReplaced()
    try layout.recover()
    #expect(try layout.digest("t") == layout.digest("b"))
    #expect(try layout.problems() == [])
  }

  @Test func `slipped-in bytes that are met twice do not take our tags back`() throws {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    let image = try layout.addForeignImage("theirs")
    try layout.tag("u", to: "b") {
      try layout.changeForeign {
        $0.append(image.settingAnnotation(Annotations.referenceName, to: "x"))
      }
    }
    let count = try layout.log().count
    // As if the process had died between reapplying and marking.
    try layout.forgetMergeOfReplaced()
    try layout.recover()
    #expect(try layout.tags().keys.sorted() == ["a", "b", "t", "u", "x"])
    #expect(try layout.log().count == count)
    #expect(try layout.problems() == [])
  }

  @Test(arguments: ForeignPolicy.allCases.filter { $0 != .refuse })
  func `who writes into the inode that we displaced is merged by his own stamp`(
    policy: ForeignPolicy
  ) throws {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    try layout.set(policy)
    let image = try layout.addForeignImage("theirs")
    let bytes = try layout.foreignBytes(from: layout.index()) {
      $0.append(image.settingAnnotation(Annotations.referenceName, to: "x"))
    }
    let writer = try LateWriter(layout.indexPath)
    try layout.tag("u", to: "b")
    try writer.write(bytes)
    try layout.recover()
    #expect(try layout.tags().keys.sorted() == ["a", "b", "t", "u", "x"])
    #expect(try layout.problems() == [])
    #expect(try layout.recover().isEmpty)
  }

  @Test func `a late writer beside a stale index json takes nothing of ours away`() throws {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    let stale = try layout.index()
    let image = try layout.addForeignImage("theirs")
    let bytes = layout.foreignBytes(from: stale) {
      $0.append(image.settingAnnotation(Annotations.referenceName, to: "x"))
    }
    let writer = try LateWriter(layout.indexPath)
    try layout.tag("u", to: "b")
    try writer.write(bytes)
    try layout.changeForeign(from: stale) {
      $0.append(image.settingAnnotation(Annotations.referenceName, to: "y"))
    }
    try layout.recover()
    #expect(try layout.tags().keys.sorted() == ["a", "b", "t", "u", "x", "y"])
    #expect(try layout.problems() == [])
    #expect(try layout.recover().isEmpty)
  }

  @Test func `of indexes that were replaced long ago only the last few stay`() throws {
    let layout = try TestLayout()
    // By the clock of tests all of them are old.
    for number in 0..<20 { try layout.tag("t\(number)", to: "a") }
    let replaced = try layout.names(in: ".ocitx/displaced").filter {
      ReplacedIndex(name: $0) != nil
    }
    #expect(replaced.count == ReplacedIndex.keptAtLeast + 1)
  }

  @Test func `a late writer of an unknown state stops nobody`() throws {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    let bytes = try layout.foreignBytes(from: layout.index()) {
      $0.setAnnotation(CommitMarker.key, to: "999:kkkkkkkkkkkkkkkk:0123456789abcdef")
    }
    let writer = try LateWriter(layout.indexPath)
    try layout.tag("u", to: "b")
    try writer.write(bytes)
    try layout.tag("v", to: "b")
    #expect(try layout.tags().keys.sorted() == ["a", "b", "t", "u", "v"])
    #expect(try layout.problems() == [])
  }

  @Test func `the setting adopt takes another tool's file as it is`() throws {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    let stale = try layout.index()
    try layout.tag("u", to: "a")
    try layout.set(.adopt)
    try layout.changeForeign(from: stale) { $0.replaceEntries(named: "b", with: []) }
    try layout.recover()
    #expect(try layout.tags().keys.sorted() == ["a", "t"])
    #expect(try layout.log()[0].edits.map(\.key) == [.name("b"), .name("u")])
    #expect(try layout.problems() == [])
  }

  @Test func `the setting refuse stops writers until a person has looked`() throws {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    try layout.set(.refuse)
    try layout.changeForeign { $0.replaceEntries(named: "b", with: []) }
    let before = try Files.read(layout.indexPath)
    #expect(throws: JournalError.self) { try layout.tag("u", to: "a") }
    #expect(try Files.read(layout.indexPath) == before)
    #expect(try layout.problems(isReconciled: false) == [])
    try layout.recover(.adopting)
    try layout.tag("u", to: "a")
    #expect(try layout.tags().keys.sorted() == ["a", "t", "u"])
    #expect(try layout.problems() == [])
  }
}
