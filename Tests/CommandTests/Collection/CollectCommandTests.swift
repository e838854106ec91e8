import Store
import TestSupport
import Testing

@testable import umoci_tx

@Suite struct CollectCommandTests {
  @Test(arguments: [
    ("0", 0), ("now", 0), ("90s", 90), ("30m", 1800), ("12h", 43200), ("7d", 604_800),
    ("2w", 1_209_600), ("2.weeks", 1_209_600), ("1.day.ago", 86400),
  ])
  func `a length of time is read`(text: String, seconds: Int64) throws {
    #expect(try AgeText.seconds(text, option: "--grace") == seconds)
  }

  @Test(arguments: ["", "5", "-1d", "1.5h", "d", "7 d", "1y", "99999999999d", "9999999999w", "1ss"])
  func `anything else is refused`(text: String) {
    #expect(throws: UsageError.self) { try AgeText.seconds(text, option: "--grace") }
  }

  @Test func `prune takes an age behind an equals sign, or none`() {
    let words = { CommandLineGrammar.normalize($0).command }
    #expect(words(["gc", "--prune", "--layout", "L"]) == ["gc", "--prune=now", "--layout=L"])
    #expect(words(["gc", "-prune=7d"]) == ["gc", "--prune=7d"])
  }

  @Test func `gc tells what it did and what would give space back`() throws {
    let shop = try Workshop()
    try LayoutBuilder(at: shop.folder("L")).addImage(["nobody's"])
    let young = try shop.succeed(["gc", "--layout", "L"])
    #expect(young.contains("3 blobs") && young.contains("left alone"))
    let plan = try shop.succeed(["gc", "--layout", "L", "--grace", "0", "--dry-run"])
    #expect(plan.contains("would go into the trash: 3 blobs"))
    #expect(plan.contains("nothing has ever needed it"))
    let done = try shop.succeed(["gc", "--layout", "L", "--grace", "0"])
    #expect(done.contains("moved 3 blobs") && done.contains("undo: `umoci-tx undo "))
    #expect(done.contains("`umoci-tx gc --prune --layout L` gives it back"))
    #expect(try shop.succeed(["gc", "--layout", "L", "--prune"]).contains("given back"))
    #expect(try shop.succeed(["gc", "--layout", "L"]) == "nothing to collect\n")
    let json = try shop.json(["gc", "--layout", "L", "--json"])
    #expect(json.text("outcome") == "unchanged" && json.count("withdrawn") == 0)
  }

  @Test func `status shows what can be brought back, until it is or is given up`() throws {
    let shop = try Workshop()
    try LayoutBuilder(at: shop.folder("L")).addImage(["nobody's"])
    try shop.succeed(["settings", "set", "trash-days", "2", "--layout", "L"])
    let gc = try shop.json(["gc", "--layout", "L", "--grace", "0"])
    let json = try shop.json(["status", "--layout", "L"])
    let held = try #require(json["trash"]?.arrayValue?.elements.first?.objectValue)
    #expect(json.count("trash") == 1 && held["blobs"]?.integerValue == 3)
    #expect(held["bytes"] == gc["trash"]?.objectValue?["bytes"])
    let record = try #require(gc["operations"]?.arrayValue?.elements.first?.objectValue)
    #expect(held.text("id") == record.text("id") && held["operation"] == record["seq"])
    #expect(held.text("kind") == "gc" && held.text("time") == record.text("time"))
    let expiry = try Timestamp(parsing: held.text("expires") ?? "")
    #expect(expiry == (try Timestamp(parsing: record.text("time") ?? "")).adding(seconds: 172_800))
    let text = try shop.succeed(["status", "--layout", "L"])
    #expect(text.contains("Trash:          gc 3, ") && text.contains(": 3 blobs, "))
    #expect(text.contains("`umoci-tx undo 3 --layout L` brings it back"))
    try shop.succeed(["undo", "3", "--layout", "L"])
    #expect(try shop.json(["status", "--layout", "L"]).count("trash") == 0)
    #expect(try !shop.succeed(["status", "--layout", "L"]).contains("Trash:"))
    try shop.succeed(["redo", "--layout", "L"])
    #expect(try shop.json(["status", "--layout", "L"]).count("trash") == 1)
    try shop.succeed(["gc", "--prune", "--layout", "L"])
    #expect(try shop.json(["status", "--layout", "L"]).count("trash") == 0)
  }

  @Test
  func `stale temporary files go when nothing holds their lock, and skopeo's when they are old`()
    throws
  {
    let shop = try Workshop()
    try Files.makeDirectory(shop.layout + "/.umoci-gone/blobs")
    try Files.write("half a blob", to: shop.layout + "/oci-put-blob1")
    let done = try shop.json(["gc", "--layout", "L"])
    #expect(done.count("droppings") == 1)
    #expect(!Files.exists(shop.layout + "/.umoci-gone"))
    #expect(Files.exists(shop.layout + "/oci-put-blob1"))
  }

  @Test func `gc beside a tool withdraws and deletes nothing that the tool sees`() throws {
    let shop = try Workshop()
    try shop.succeed(["tag", "--image", "L:a", "t"])
    for name in ["undo-days", "undo-operations"] {
      try shop.succeed(["settings", "set", "--layout", "L", name, "0"])
    }
    let program = TraceRecorder.built("umoci-tx")
    let gc = "\(program) gc --prune --grace 0s --layout L >&2"
    let tool = "\(program) rm --image L:b && \(gc) && \(gc) && \(gc)"
    let ran = try shop.run(["exec", "--layout", "L", "--", "sh", "-c", tool, "{}"])
    #expect(ran.status == 0, "\(ran)")
    let log = try shop.json(["log", "--layout", "L", "--kind", "gc,expire"])
    #expect(log.count("operations") == 0, "\(log)")
    try shop.succeed(["gc", "--layout", "L", "--prune", "--grace", "0s"])
    let later = try shop.json(["log", "--layout", "L", "--kind", "gc,expire"])
    #expect(later.count("operations") == 2)
  }

  @Test func `gc tells of the lease that it ends, and so does leases drop`() throws {
    let shop = try Workshop()
    try shop.succeed(["new", "--image", "L:n"])
    for bundle in ["moved", "gone"] {
      try shop.succeed(["unpack", "--image", "L:n", "--rootless", bundle])
    }
    try Files.remove(shop.folder("gone"))
    #expect(
      try shop.succeed(["leases", "drop", "gone", "--layout", "L"])
        == "ended the lease of \(shop.folder("gone"))\n")
    try shop.expectSuccess(of: ["mv", "moved", "elsewhere"])
    let gc = try shop.run(["gc", "--layout", "L"])
    #expect(gc.standardError.contains("the bundle \(shop.folder("moved")) is gone"), "\(gc)")
    #expect(try shop.succeed(["leases", "--layout", "L"]).isEmpty)
  }

  @Test func `a batch refuses gc`() throws {
    let shop = try Workshop()
    let outcome = try shop.run(["batch", "--layout", "L"], input: "gc\n")
    #expect(outcome.status == 64)
    #expect(outcome.standardError.contains("gc cannot be part of a batch"))
  }
}
