import Journal
import Mutations
import Store
import TestSupport
import Testing

/// One bit flipped in each kind of file: it is found and named, and mended where a good copy is.
@Suite struct BitFlipTests {
  @Test func `an undamaged layout of all kinds of files is sound`() throws {
    let damaged = try DamagedLayout()
    let verification = try damaged.layout.verify()
    #expect(verification.findings == [])
    #expect(verification.counts.entries == 6)
    #expect(verification.counts.records == 4)
    // Two manifests, two configs and an index in the database; three layers, one opaque blob and
    // what was withdrawn in files.
    #expect(verification.counts.copies == 10)
  }

  @Test(arguments: DamagedLayout.kinds)
  func `a flipped bit is found, named and mended`(kind: String) throws {
    let damaged = try DamagedLayout()
    let path = try damaged.path(kind)
    let before = try damaged.read(path)
    try damaged.flip(path)
    let found = try damaged.layout.verify().findings.filter(\.isProblem)
    let name = path.split(separator: "/").last.map(String.init) ?? ""
    #expect(!found.isEmpty)
    #expect(
      found.contains { "\($0.subject) \($0.message)".contains(name) }, "\(kind): \(found)")
    let outcome = try damaged.layout.repair()
    guard kind != "withdrawn" else {
      // Its only copy: what is lost is said, and nothing is made up.
      #expect(outcome.verification.findings.map(\.code) == [.trashDigest])
      return
    }
    #expect(outcome.verification.findings == [], "\(kind)")
    #expect(try damaged.read(path) == before, "\(kind)")
    let isBlob = path.hasPrefix("blobs/")
    #expect(outcome.restored.count == (isBlob ? 1 : 0))
    #expect((outcome.record?.kind == .repair) == isBlob)
    #expect(try LayoutAudit.problems(of: damaged.layout.path) == [])
  }

  @Test func `a missing blob of each kind is found and mended`() throws {
    for kind in ["manifest", "config", "layer", "index", "sha512"] {
      let damaged = try DamagedLayout()
      let path = try damaged.path(kind)
      let before = try damaged.read(path)
      try Files.remove(damaged.layout.path + "/" + path)
      #expect(try damaged.layout.damage().contains("blob-missing"), "\(kind)")
      #expect(try damaged.layout.repair().verification.findings == [], "\(kind)")
      #expect(try damaged.read(path) == before, "\(kind)")
    }
  }

  @Test func `every bit of index.json is watched`() throws {
    let damaged = try DamagedLayout()
    let good = try damaged.read("index.json")
    var random = SplitMix(announcing: TestEffort.seed(for: "index.json"))
    for _ in 0..<16 * TestEffort.factor {
      var bytes = good
      let place = Int(random.next() % UInt64(good.count))
      bytes[place] ^= 1 << UInt8(random.next() % 8)
      // What cannot be parsed is waited for a second each time; one of those is enough.
      guard (try? IndexFile(parsing: bytes, path: "index.json")) != nil else { continue }
      try Files.write(bytes, to: damaged.layout.path + "/index.json")
      let found = try damaged.layout.verify().findings
      #expect(!found.isEmpty, "byte \(place), seed \(TestEffort.seed)")
    }
  }

  @Test func `an index that is torn is named and mended from the history`() throws {
    let damaged = try DamagedLayout()
    let tags = try LayoutAudit.tags(of: damaged.layout.path)
    let good = try damaged.read("index.json")
    try Files.write(Array(good.dropLast(20)), to: damaged.layout.path + "/index.json")
    #expect(try damaged.layout.damage() == ["index-invalid"])
    #expect(try damaged.layout.repair().verification.findings == [])
    #expect(try LayoutAudit.tags(of: damaged.layout.path) == tags)
  }

  /// Each flip in the database is either found, or changes nothing that it holds.
  @Test(.enabled(if: Requirement.sqlite3.isMet))
  func `a flipped bit of the database is found wherever it means anything`() throws {
    let damaged = try DamagedLayout()
    let layout = damaged.layout
    let good = try damaged.read(".ocitx/journal.db")
    let content = try layout.sql(Self.content)
    var random = SplitMix(announcing: TestEffort.seed(for: "journal.db"))
    var found = 0
    for _ in 0..<80 * TestEffort.factor {
      var bytes = good
      let place = Int(random.next() % UInt64(good.count))
      bytes[place] ^= 1 << UInt8(random.next() % 8)
      try Files.write(bytes, to: layout.path + "/.ocitx/journal.db")
      guard try layout.damage().isEmpty else {
        found += 1
        continue
      }
      let now = try? layout.sql(Self.content)
      #expect(now == content, "byte \(place), seed \(TestEffort.seed)")
    }
    #expect(found > 5)
    try Files.write(good, to: layout.path + "/.ocitx/journal.db")
    #expect(try layout.damage() == [])
  }

  /// Everything but the digest of a finalised index, which only the index itself can tell.
  private static let content = """
    SELECT key, value FROM meta WHERE key = 'store_id'; SELECT * FROM settings;
    SELECT id, seq, state, kind, uid, started, hex(record), hash, index_before, stamp
      FROM operations ORDER BY seq;
    SELECT seq, ordinal, key, hex(before), hex(after) FROM edits ORDER BY seq, ordinal;
    SELECT seq, foreign_bytes, hex(bytes) FROM snapshots ORDER BY seq;
    SELECT digest, hex(bytes) FROM documents ORDER BY digest; SELECT digest FROM pins ORDER BY digest
    """

  @Test(.enabled(if: Requirement.sqlite3.isMet))
  func `a damaged database is mended, whatever was hit`() throws {
    let damaged = try DamagedLayout()
    let layout = damaged.layout
    let good = try damaged.read(".ocitx/journal.db")
    let tags = try LayoutAudit.tags(of: layout.path)
    var random = SplitMix(announcing: TestEffort.seed(for: "mended"))
    var mended = 0
    for _ in 0..<200 where mended < 10 * TestEffort.factor {
      var bytes = good
      let place = Int(random.next() % UInt64(good.count))
      bytes[place] ^= 1 << UInt8(random.next() % 8)
      try Files.write(bytes, to: layout.path + "/.ocitx/journal.db")
      if try layout.damage().isEmpty { continue }
      mended += 1
      let outcome = try layout.repair()
      #expect(
        outcome.verification.findings.filter(\.isProblem) == [],
        "byte \(place), seed \(TestEffort.seed)")
      #expect(try LayoutAudit.tags(of: layout.path) == tags)
    }
    #expect(mended > 0)
  }
}
