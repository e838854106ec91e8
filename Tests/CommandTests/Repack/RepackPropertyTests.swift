import Glibc
import Store
import TestSupport
import Testing

@testable import umoci_tx

/// unpack → change → repack → unpack gives the same tree.
@Suite(.enabled(if: geteuid() == 0, "needs root"))
struct RepackPropertyTests {
  @Test(arguments: [
    "root", "mapped", "rootless",
  ])
  func `a repacked image unpacks to the tree that was packed`(how: String) throws {
    let mappings: [String: [String]] = [
      "root": [], "mapped": ["--uid-map", "0:5000:60000", "--gid-map", "0:7000:60000"],
      "rootless": ["--rootless"],
    ]
    var random = SplitMix(announcing: TestEffort.seed(for: how))
    for round in 0..<4 * TestEffort.factor {
      let rig = try RepackRig(mapping: mappings[how])
      for step in 0..<3 {
        try rig.change(RandomChanges.script(steps: 12, &random))
        try rig.change(Self.owners(how))
        let refresh = step == 0 || random.next() % 2 == 0 ? ["--refresh-bundle"] : []
        let run = try rig.repack("r\(step)", refresh)
        let place = "seed \(TestEffort.seed), \(how), round \(round), step \(step)"
        #expect(run.status == 0, "\(place): \(run.messages)")
        let (expected, found) = (try rig.facts(), try rig.factsOfNewBundle("r\(step)"))
        #expect(found == expected, "\(place): \(found.difference(from: expected))")
      }
    }
  }

  /// New files must belong to somebody who is in the image.
  private static func owners(_ how: String) -> String {
    how == "mapped" ? "find . -uid 0 -exec chown -h 5001:7002 {} +" : "true"
  }

  @Test func `umoci unpacks our layers, and we unpack umoci's`() throws {
    var random = SplitMix(announcing: TestEffort.seed(for: "umoci"))
    for _ in 0..<2 * TestEffort.factor {
      let rig = try RepackRig()
      try rig.change(RandomChanges.script(steps: 15, &random))
      #expect(try rig.repack("ours").status == 0)
      let facts = try rig.facts()
      #expect(try rig.factsOfNewBundle("ours") == facts, "seed \(TestEffort.seed)")
      let path = rig.rig.folder("by-umoci")
      try ExternalCommand.run(["umoci", "unpack", "--image", rig.layout + ":ours", path])
      #expect(try RandomChanges.facts(of: path + "/rootfs") == facts, "seed \(TestEffort.seed)")
      #expect(try Self.mtree(rig.rootfs, path + "/rootfs") == "")
    }
  }

  @Test func `what umoci repacks of our bundle we unpack to the same tree`() throws {
    let rig = try RepackRig()
    // No folder becomes a link: the whiteouts that umoci 0.4.7 then writes go through the link.
    try rig.change(
      "echo n > etc/n && rm etc/one && chmod 4711 etc/two && setfattr -n user.a -v b usr && "
        + "rm -r data && echo file > data && mkdir -p d/e && ln etc/n d/n && mkfifo d/p && "
        + "mknod d/null c 1 3 && chown -h 3:4 etc/link && find . -exec touch -hd @77 {} +")
    let outcome = try ExternalCommand.run([
      "umoci", "repack", "--image", rig.layout + ":theirs", rig.bundle,
    ])
    #expect(outcome.status == 0, "\(outcome)")
    let (expected, found) = (try rig.facts(), try rig.factsOfNewBundle("theirs"))
    #expect(found == expected, "\(found.difference(from: expected))")
  }

  @Test func `umoci and we repack the same bundle in turns`() throws {
    let rig = try RepackRig()
    let path = rig.rig.folder("by-umoci")
    func run(_ words: String...) throws {
      let outcome = try ExternalCommand.run(words)
      #expect(outcome.status == 0, "\(words): \(outcome)")
    }
    func change(_ script: String) throws {
      // umoci 0.4.7 rounds times to the nearest second.
      try run("sh", "-c", "cd \(path)/rootfs && \(script) && find . -exec touch -hd @77 {} +")
    }
    try run("umoci", "unpack", "--image", rig.layout + ":latest", path)
    try change("echo a > a")
    try run(BuiltProgram.path, "repack", "--image", rig.layout + ":1", "--refresh-bundle", path)
    try change("echo b > b && rm etc/one")
    try run("umoci", "repack", "--image", rig.layout + ":2", "--refresh-bundle", path)
    try change("echo c > c && rm a")
    try run(BuiltProgram.path, "repack", "--image", rig.layout + ":3", "--refresh-bundle", path)
    try run(BuiltProgram.path, "repack", "--image", rig.layout + ":4", path)
    let (expected, found) = (
      try RandomChanges.facts(of: path + "/rootfs"), try rig.factsOfNewBundle("4")
    )
    #expect(found == expected, "\(found.difference(from: expected))")
    let stat = try CapturedRun(["stat", "--image", rig.layout + ":4", "--json"]).output
    #expect(stat.components(of: #""empty_layer":true"#) == 2)
  }

  /// What mtree of NetBSD finds different between two trees.
  private static func mtree(_ one: String, _ other: String) throws -> String {
    let outcome = try ExternalCommand.run([
      "sh", "-c",
      "mtree -c -k type,mode,uid,gid,nlink,link,sha256,device -p \"$0\" | mtree -p \"$1\"", one,
      other,
    ])
    return outcome.standardOutput + outcome.standardError
  }

  @Test func `a file that grows or vanishes while it is read is named, and nothing is left`() throws
  {
    let rig = try RepackRig()
    try rig.change("head -c 30000000 /dev/urandom > big && : > small")
    let before = try Files.listing(rig.layout + "/blobs")
    let outcome = try ExternalCommand.run([
      "sh", "-c",
      """
      (while :; do echo x >> \(rig.rootfs)/big; done) & w=$!
      \(BuiltProgram.path) repack --image \(rig.layout):next --refresh-bundle \(rig.bundle); s=$?
      kill -9 $w; exit $s
      """,
    ])
    #expect(outcome.status == 75, "\(outcome)")
    // Whether it is noticed while the bundle is compared or while the layer is made is up to the clock.
    let name = /\/big"? changed while it was read/
    #expect(outcome.standardError.firstRange(of: name) != nil, "\(outcome)")
    #expect(try Files.listing(rig.layout + "/blobs") == before)
    #expect(!Files.exists(rig.bundle + "/.umoci-tx-refresh"))
    #expect(try rig.repack("next").status == 0)
  }

  @Test func `files whose status has not moved are not opened`() throws {
    let rig = try RepackRig()
    // The clock has gone on before the record is made.
    try rig.change(
      "touch x y; while [ \"$(stat -c %z x)\" = \"$(stat -c %z y)\" ]; do touch y; done; rm x y")
    #expect(try rig.repack("one", ["--refresh-bundle"]).status == 0)
    try rig.change("echo 0123456789 > etc/ten")
    let outcome = try ExternalCommand.run([
      "strace", "-f", "-e", "trace=openat,open", BuiltProgram.path, "repack", "--image",
      rig.layout + ":two", rig.bundle,
    ])
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.standardError.contains("\"ten\""))
    #expect(!outcome.standardError.contains("\"tool\""), "\(outcome)")
  }
}

extension String {
  func components(of text: String) -> Int {
    var (count, rest) = (0, self[...])
    while let range = rest.firstRange(of: text) {
      count += 1
      rest = rest[range.upperBound...]
    }
    return count
  }
}
