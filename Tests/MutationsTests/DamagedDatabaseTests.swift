import Glibc
import Mutations
import Store
import TestSupport
import Testing

@testable import Journal

/// A damaged journal.db: found where it is read, made again by the next writer, never believed.
@Suite struct DamagedDatabaseTests {
  /// A layout with some history, a setting and a lease.
  private func layout() throws -> TestLayout {
    let layout = try TestLayout()
    for (tag, source) in [("t", "a"), ("u", "b"), ("t", "b")] {
      try layout.tag(tag, to: source)
    }
    try layout.set(.adopt)
    let journal = try OperationJournal(
      writing: layout.open(), layout.invocation, WritingOptions(durability: .relaxed))
    let lease = try journal.lease(layout.descriptor("a"), for: layout.folder("bundle"))
    try Files.makeDirectory(layout.folder("bundle"))
    try Files.write(
      """
      {"from_descriptor_path":{"descriptor_walk":[{"digest":"\(try layout.descriptor("a").digest)"}]}}
      """, to: layout.folder("bundle/umoci.json"))
    lease.keep()
    return layout
  }

  private func path(_ layout: TestLayout) -> String { layout.path + "/.ocitx/journal.db" }

  /// What the tag `t` was before its last move.
  private func value(_ layout: TestLayout) throws -> [Digest] {
    try layout.history()
      .value(of: "t", at: .back(1), current: layout.index(), now: .zero).map(\.digest)
  }

  /// Changes one byte of every page that holds a text; in free space as good as anywhere.
  private func damagePages(_ layout: TestLayout, holding text: String) throws {
    var bytes = try Files.read(path(layout))
    let needle = Array(text.utf8)
    var damaged = 0
    for start in stride(from: 0, to: bytes.count, by: PageChecksum.pageSize) {
      let page = bytes[start..<min(start + PageChecksum.pageSize, bytes.count)]
      guard page.firstRange(of: needle) != nil else { continue }
      bytes[start + PageChecksum.pageSize - 1] ^= 1
      damaged += 1
    }
    #expect(damaged > 0, "no page holds \(text)")
    try Files.write(bytes, to: path(layout))
  }

  @Test(arguments: 0..<(24 * TestEffort.factor))
  func `damage anywhere changes no answer and stops nobody`(round: Int) throws {
    let seed = TestEffort.seed &+ UInt64(round)
    var dice = SplitMix(announcing: seed)
    let layout = try layout()
    let log = try layout.log().map { $0.canonicalBytes() }
    let tags = try layout.tags()
    let previous = try value(layout)
    try Files.write(damaged(Files.read(path(layout)), round, &dice), to: path(layout))

    #expect(try layout.log().map { $0.canonicalBytes() } == log, "seed \(seed)")
    #expect(try value(layout) == previous, "seed \(seed)")
    #expect(try layout.status().foreignPolicy == .adopt, "seed \(seed)")
    #expect(try layout.tags() == tags, "seed \(seed)")
    do {
      if round % 2 == 0 { try layout.tag("w", to: "a") } else { try layout.recover() }
      try layout.run(UndoOperation(layout.log()[0]))
      try layout.recover(.thorough)
    } catch let error as JournalError {
      Issue.record("seed \(seed): \(error) \(error.causes)")
    }
    let after = try layout.log().map { $0.canonicalBytes() }
    #expect(Array(after.suffix(log.count)) == log, "seed \(seed)")
    #expect(after.count == log.count + (round % 2 == 0 ? 2 : 1), "seed \(seed)")
    #expect(try layout.status().fallbackReason == nil, "seed \(seed)")
    #expect(try layout.problems() == [], "seed \(seed)")
  }

  private func damaged(_ whole: [UInt8], _ round: Int, _ dice: inout SplitMix) -> [UInt8] {
    var bytes = whole
    switch round % 4 {
    case 0:
      for _ in 0..<Int.random(in: 1...64, using: &dice) {
        bytes[Int.random(in: 0..<bytes.count, using: &dice)] = .random(in: 0...255, using: &dice)
      }
    case 1: bytes.removeLast(Int.random(in: 1..<bytes.count, using: &dice))
    case 2:
      let start = Int.random(in: 0..<bytes.count, using: &dice)
      for offset in start..<min(bytes.count, start + 5000) { bytes[offset] = 0 }
    default:
      // Two pages that were written to each other's place.
      let size = PageChecksum.pageSize
      let pages = (0..<bytes.count / size).shuffled(using: &dice).prefix(2).map { $0 * size }
      for offset in 0..<size { bytes.swapAt(pages[0] + offset, pages[1] + offset) }
    }
    return bytes
  }

  @Test func `what the records cannot tell is saved from the good pages`() throws {
    let layout = try layout()
    let held = try layout.status().held.documents
    let document = try layout.descriptor("b").digest
    let leases = try layout.status().leases
    #expect(leases.count == 1 && held > 3)
    try damagePages(layout, holding: "operations_by_stamp")
    let report = try layout.recover(.thorough)
    #expect(report.notes.contains { $0.description.contains("rebuilt from 5 record(s)") })
    // The page with the tables' names is needed to find anything: what nothing vouches for is gone.
    #expect(report.notes.contains { $0.description.contains("leases of bundles were lost") })
    #expect(
      report.notes.contains { $0.description.contains("settings without a record may be lost") })
    #expect(try layout.status().foreignPolicy == .adopt)
    #expect(try layout.history().document(document) != nil)
    #expect(try layout.status().held.documents == held)
    #expect(try layout.problems() == [])
  }

  @Test func `settings, leases and documents survive damage of other pages`() throws {
    let layout = try layout()
    let (held, leases) = (try layout.status().held.documents, try layout.status().leases)
    let id = try layout.status().storeID
    try damagePages(layout, holding: try layout.log()[0].id.text)
    #expect(try layout.status().foreignPolicy == .adopt)
    let report = try layout.recover()
    #expect(report.notes.contains("kept of it: 1 lease(s), \(held) document(s)"))
    #expect(try layout.status().foreignPolicy == .adopt)
    #expect(try layout.status().held.documents == held)
    #expect(try layout.status().leases == leases)
    #expect(try layout.status().storeID == id)
    #expect(try layout.names(in: ".ocitx").filter { $0.contains("damaged") }.count == 2)
    #expect(try layout.problems() == [])
  }

  @Test func `documents on both sides of a page that is gone are saved`() throws {
    let layout = try layout()
    let documents = (0..<400).map { Array("document \($0)".utf8) }
      .sorted { Digest.sha256(of: $0) < Digest.sha256(of: $1) }
    let rows = documents.map { bytes in
      "('\(Digest.sha256(of: bytes))', CAST('\(String(decoding: bytes, as: UTF8.self))' AS BLOB))"
    }
    try layout.finalisedSQL("INSERT INTO documents VALUES " + rows.joined(separator: ", "))
    var bytes = try Files.read(path(layout))
    let needle = Array(Digest.sha256(of: documents[200]).description.utf8) + documents[200]
    let place = try #require(bytes.firstRange(of: needle)).lowerBound
    let page = place / PageChecksum.pageSize * PageChecksum.pageSize
    for offset in 0..<PageChecksum.pageSize { bytes[page + offset] = 0 }
    try Files.write(bytes, to: path(layout))
    _ = try layout.recover(.thorough)
    let history = try layout.history()
    let isSaved = try documents.map { try history.document(Digest.sha256(of: $0)) == $0 }
    #expect(isSaved[0] && !isSaved[200] && isSaved[399])
    #expect(isSaved.count { $0 } > 300)
  }

  @Test func `a damaged setting is not believed, and comes from its record`() throws {
    let layout = try layout()
    var bytes = try Files.read(path(layout))
    let place = try #require(bytes.firstRange(of: Array("foreignadopt".utf8)))
    bytes.replaceSubrange(place, with: Array("foreignadapt".utf8))
    try Files.write(bytes, to: path(layout))
    #expect(try layout.status().foreignPolicy == .adopt)
    let report = try layout.recover(.thorough)
    #expect(report.notes.contains { $0.description.hasPrefix("kept of it") })
    #expect(!report.notes.contains { $0.description.hasPrefix("settings") })
    #expect(try layout.status().foreignPolicy == .adopt)
    #expect(try layout.problems() == [])
  }

  @Test func `an operation whose record file is gone too is saved from the damaged database`()
    throws
  {
    let layout = try layout()
    let log = try layout.log().map { $0.canonicalBytes() }
    try Files.remove(layout.path + "/.ocitx/ops/" + layout.names(in: ".ocitx/ops").sorted()[2])
    try damagePages(layout, holding: "foreignadopt")
    #expect(try layout.log().map { $0.canonicalBytes() } == log)
    try layout.recover(.thorough)
    #expect(try layout.log().map { $0.canonicalBytes() } == log)
    #expect(try layout.problems() == [])
  }

  @Test(arguments: [true, false])
  func `who dies while making the database again is followed by the next`(isEmpty: Bool) throws {
    let layout = try layout()
    let log = try layout.log().map(\.id)
    try damagePages(layout, holding: try layout.log()[0].id.text)
    guard rename(path(layout), path(layout) + ".damaged") == 0 else { throw TestFailure("rename") }
    if isEmpty { try Files.write("", to: path(layout)) }
    #expect(try layout.log().map(\.id) == log)
    let report = try layout.recover()
    #expect(report.notes.contains { $0.description.hasPrefix("kept of it: 1 lease(s)") })
    #expect(try layout.status().foreignPolicy == .adopt)
    #expect(try layout.log().map(\.id) == log)
    #expect(try layout.problems() == [])
  }

  @Test func `an operation that was prepared is still decided after the database is lost`() throws {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    try layout.dieWithTag("u", to: "b")
    try damagePages(layout, holding: try layout.log()[0].id.text)
    #expect(try layout.history().operations(HistoryFilter()).first?.isPending == true)
    let report = try layout.recover()
    #expect(report.recovered.map(\.outcome) == [.rolledForward])
    #expect(try layout.digest("u") == layout.digest("b"))
    #expect(try layout.log().map(\.kind) == [.tag, .tag, .adopt])
    #expect(try layout.problems() == [])
  }

  @Test func `an operation under way goes on in the database that another has made again`() throws {
    let layout = try layout()
    let journal = try OperationJournal(
      writing: layout.open(), layout.invocation, WritingOptions(durability: .relaxed))
    let transaction = try journal.begin(.new, stages: true)
    try damagePages(layout, holding: try layout.log()[0].id.text)
    try layout.tag("v", to: "a")
    let image = try layout.descriptor("b")
    let prepared = try transaction.prepare { index in
      let before = index.descriptors(of: .name("w"))
      return .init(edits: [TagEdit(key: .name("w"), before: before, after: [image])])
    }
    _ = try prepared?.commit()
    #expect(try layout.tags().keys.sorted() == ["a", "b", "t", "u", "v", "w"])
    #expect(try layout.log().count == 7)
    #expect(try layout.problems() == [])
  }

  @Test func `a page that only the commit reads is found there, and mended for it`() throws {
    let layout = try layout()
    // The index over keys: no command reads it before it adds to it.
    try damagePages(layout, holding: "name:u")
    let record = try layout.tag("u", to: "a")
    #expect(record != nil)
    #expect(try layout.digest("u") == layout.digest("a"))
    #expect(try layout.names(in: ".ocitx").contains { $0.contains("damaged") })
    #expect(try layout.problems() == [])
  }

  @Test func `a snapshot that is not what its operation left is not believed`() throws {
    let layout = try layout()
    do {
      let database = try JournalDatabase(
        writing: DatabaseFile(at: path(layout)), durability: .relaxed)
      try database.execute("UPDATE snapshots SET bytes = CAST(replace(bytes, 'a', 'c') AS BLOB)")
    }
    let tags = try layout.tags()
    try layout.changeForeign { $0.replaceEntries(named: "u", with: []) }
    try layout.recover()
    #expect(try layout.tags().keys.sorted() == tags.keys.filter { $0 != "u" }.sorted())
    #expect(try layout.log()[0].edits.map(\.key) == [.name("u")])
    #expect(try layout.problems() == [])
  }
}
