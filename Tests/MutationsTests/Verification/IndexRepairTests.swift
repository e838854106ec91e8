import Journal
import Mutations
import Store
import TestSupport
import Testing

/// Damage to index.json that leaves it readable: what the history knows is put back, and nothing is
/// taken for somebody's wish.
@Suite struct IndexRepairTests {
  private let damaged: DamagedLayout
  private let good: [UInt8]
  private let tags: [String]?

  init() throws {
    damaged = try DamagedLayout()
    good = try damaged.read("index.json")
    tags = try LayoutAudit.tags(of: damaged.layout.path)
  }

  private func replace(_ old: String, by new: String) throws {
    let text = String(decoding: good, as: UTF8.self)
    if new == "chain" {
      let stamp = try #require(try damaged.layout.index().annotation(CommitMarker.key))
      let changed = stamp.dropLast() + (stamp.hasSuffix("0") ? "1" : "0")
      return try replace(stamp, by: String(changed))
    }
    let range = try #require(text.firstRange(of: old))
    try Files.write(
      String(text[..<range.lowerBound]) + new + String(text[range.upperBound...]),
      to: damaged.layout.path + "/index.json")
  }

  @Test(arguments: [
    ("\"manifests\"", "\"manifestz\"", "index-altered"),
    (
      "\"mediaType\":\"application/vnd.oci.image.index",
      "\"mefiaType\":\"application/vnd.oci.image.index",
      "index-altered"
    ),
    ("io.umoci-tx.stamp", "io.umoci-tx&stamp", "index-altered"),
    ("\"annotations\":{\"io.", "\"annotatinns\":{\"io.", "index-altered"),
    ("stamp\":\"4:", "stamp\":\"5:", "stamp-mismatch"),
    ("stamp\":\"4:", "stamp\":\"4;", "stamp-invalid"),
    ("", "chain", "stamp-mismatch"), ("\"size\":", "\"sixe\":", "index-invalid"),
    ("\"digest\":\"sha256:", "\"digest\":\"sha257:", "dangling-tag"),
    ("image.manifest.v1", "image.maoifest.v1", "index-unrecorded"),
  ])
  func `one bit in a readable index is found, and mended by the history`(
    old: String, new: String, code: String
  ) throws {
    let index = try damaged.layout.index()
    try replace(old, by: new)
    #expect(try damaged.layout.damage().contains(code))
    let outcome = try damaged.layout.repair()
    #expect(outcome.verification.findings == [])
    #expect(try LayoutAudit.tags(of: damaged.layout.path) == tags)
    #expect(try damaged.layout.index().difference(to: index) == [])
    #expect(try LayoutAudit.problems(of: damaged.layout.path) == [])
    #expect(try damaged.layout.audit().findings == [])
  }

  @Test func `what was damaged is kept aside, and the history says so`() throws {
    try replace("\"manifests\"", by: "\"manifestz\"")
    let bytes = try damaged.read("index.json")
    _ = try damaged.layout.repair()
    let record = try #require(try damaged.layout.history().newest()?.record)
    #expect(record.kind == .repair)
    #expect(record.edits == [])
    let aside = try #require(record.details["saved_as"]?.stringValue)
    #expect(try damaged.read(aside) == bytes)
  }

  @Test func `a change that another tool meant is recorded, not repaired`() throws {
    let layout = damaged.layout
    let image = try layout.descriptor("a")
    try layout.changeForeign { index in
      index.append(image.settingAnnotation(Annotations.referenceName, to: "theirs"))
    }
    #expect(try layout.damage() == ["index-unrecorded"])
    #expect(try layout.repair().verification.findings == [])
    #expect(try layout.digest("theirs") == image.digest)
    #expect(try layout.history().newest()?.record.kind == .external)
  }

  @Test func `a rewritten index without a changed member is only noted`() throws {
    try damaged.layout.changeForeign { _ in }
    let found = try damaged.layout.verify().findings
    #expect(found.map(\.code) == [.indexRewritten])
  }
}
