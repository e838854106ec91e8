import Glibc
import Mutations
import Store
import TestSupport
import Testing

@testable import Journal

/// A layout with a history of which a part is gone, or has become something else.
@Suite struct StrangeIndexTests {
  /// What may be in the place of index.json.
  enum Kind: CaseIterable {
    case gone, fifo, folder, link, dangling
  }

  private func layout() throws -> TestLayout {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    try layout.tag("u", to: "b")
    return layout
  }

  private func replaceIndex(of layout: TestLayout, by kind: Kind) throws {
    let bytes = try Files.read(layout.indexPath)
    try Files.remove(layout.indexPath)
    switch kind {
    case .gone: break
    case .fifo:
      guard mkfifo(layout.indexPath, 0o600) == 0 else { throw TestFailure("mkfifo: \(errno)") }
    case .folder:
      try Files.makeDirectory(layout.indexPath)
      try Files.write("mine", to: layout.indexPath + "/file")
    case .link:
      try Files.write(bytes, to: layout.folder("elsewhere"))
      try Files.link(layout.indexPath, to: layout.folder("elsewhere"))
    case .dangling: try Files.link(layout.indexPath, to: layout.folder("nowhere"))
    }
  }

  /// What was put aside under a name that begins so.
  private func aside(_ prefix: String, of layout: TestLayout) throws -> [String] {
    try Files.names(in: layout.path + "/.ocitx/displaced").filter { $0.hasPrefix(prefix) }.sorted()
  }

  @Test(arguments: Kind.allCases)
  func `index json is made anew from the history, and the history can be read meanwhile`(
    kind: Kind
  ) throws {
    let layout = try layout()
    let tags = try layout.tags()
    try replaceIndex(of: layout, by: kind)
    let error = #expect(throws: (any Error).self) { try layout.tag("v", to: "t") }
    let remedy = try #require((error as? any DiagnosableError)?.remedy)
    #expect(remedy.steps == [.recover(layout: layout.path)])
    #expect(try layout.log().map(\.kind) == [.tag, .tag, .adopt])
    let opened = try ImageLayout.openForHistory(layout.path)
    let status = try JournalStatus(of: opened, layout.history(), now: layout.invocation.now())
    // Through a link index.json can be read; nothing else is an index.
    if kind != .link {
      guard case .torn = status.drift else { throw TestFailure("not torn: \(status.drift)") }
    }
    let report = try layout.recover(.thorough)
    let isGone = kind == .gone
    let note = isGone ? "index.json was missing" : "index.json was damaged"
    #expect(report.notes.contains { $0.description.hasPrefix(note) }, "\(report.notes)")
    #expect(try (layout.log()[0].details["missing"] != nil) == isGone)
    #expect(try layout.tags() == tags)
    #expect(try layout.log()[0].kind == .repair)
    #expect(try aside("torn-", of: layout).count == (kind == .gone ? 0 : 1))
    #expect(try layout.problems() == [])
    #expect(try layout.recover(.thorough).isEmpty)
    try layout.tag("v", to: "t")
    #expect(try layout.problems() == [])
  }

  @Test(arguments: Kind.allCases.filter { $0 != .gone })
  func `what takes the place of index json before our swap is put aside by name`(
    kind: Kind
  ) throws {
    let layout = try layout()
    let report = try layout.tag("v", to: "t") { try replaceIndex(of: layout, by: kind) }
    #expect(report.notes.contains { $0.description.contains("index.json had become") })
    let saved = try #require(try aside("index-", of: layout).first)
    if kind == .folder {
      #expect(
        try Files.read(layout.path + "/.ocitx/displaced/" + saved + "/file") == Array("mine".utf8))
    }
    if kind == .link { #expect(try layout.digestElsewhere("v") == nil) }
    #expect(try layout.log().map(\.kind) == [.tag, .tag, .tag, .adopt])
    try layout.tag("w", to: "t")
    #expect(try layout.tags().keys.sorted() == ["a", "b", "t", "u", "v", "w"])
    #expect(try layout.problems() == [])
  }

  @Test func `an operation that died over a strange index wedges nobody`() throws {
    let layout = try layout()
    try layout.prepareTag("v", to: "a")?.leave()
    try replaceIndex(of: layout, by: .link)
    try layout.recover(.thorough)
    #expect(try layout.tags().keys.sorted() == ["a", "b", "t", "u", "v"])
    #expect(try layout.problems() == [])
    try layout.tag("w", to: "t")
  }

  @Test(arguments: [["oci-layout"], ["blobs"], ["oci-layout", "blobs", "index.json"]])
  func `parts that are gone are put back`(parts: [String]) throws {
    let layout = try layout()
    let tags = try layout.tags()
    for part in parts { try Files.remove(layout.path + "/" + part) }
    let error = #expect(throws: LayoutError.self) { try layout.open() }
    #expect(error?.remedy?.steps == [.recover(layout: layout.path)])
    #expect(try layout.log().map(\.kind) == [.tag, .tag, .adopt])
    let notes = try LayoutMending.run(at: layout.path, durability: .relaxed)
    #expect(notes.count == parts.filter { $0 != "index.json" }.count)
    try layout.recover(.thorough)
    #expect(try layout.tags() == tags)
    #expect(layout.findings() == [])
    #expect(try layout.problems() == [])
    #expect(try LayoutMending.run(at: layout.path, durability: .relaxed) == [])
  }

  @Test func `what was put aside is neither replaced nor removed`() throws {
    let layout = try layout()
    let stray = layout.path + "/.ocitx/ops/000000000099-kkkkkkkkkkkkkkkk.json"
    for content in ["first", "second"] {
      try Files.write(content, to: stray)
      try layout.recover(.thorough)
    }
    let folder = layout.path + "/.ocitx/displaced/"
    let saved = try aside("unused-", of: layout)
    #expect(
      try Set(saved.map { try Files.read(folder + $0) }.map { String(decoding: $0, as: UTF8.self) })
        == ["first", "second"])
    // More of it than the replaced indexes that are kept.
    for number in 0..<80 { try Files.write("x", to: folder + "unused-\(number)") }
    let before = try Files.names(in: folder).count
    for round in 0..<3 { try layout.tag("r\(round)", to: "a") }
    #expect(try Files.names(in: folder).count == before + 3)
  }
}

extension TestLayout {
  /// The digest of a tag in the file that index.json was a link to.
  fileprivate func digestElsewhere(_ tag: String) throws -> Digest? {
    try IndexFile(parsing: Files.read(folder("elsewhere")), path: "elsewhere").index
      .entries(named: tag).first?.descriptor.digest
  }
}
