import Glibc
import Store
import TestSupport
import Testing

@testable import Layers

/// What a stat cache finds is what reading every file finds, whatever the clock does.
@Suite struct StatCacheTests {
  /// Waits until the file system's clock has gone on: what was written before is settled then.
  private func settle(_ rig: SurveyRig) throws {
    let probe = rig.folder("probe")
    try run("touch", probe)
    let before = try #require(Files.status(probe)).changeTime
    while try #require(Files.status(probe)).changeTime == before { chmod(probe, 0o600) }
  }

  private static let tree = """
    mkdir -p etc/sub usr/bin && echo one > etc/one && echo two > etc/two && ln etc/two etc/three \
    && ln -s one etc/link && echo bin > usr/bin/tool && mkfifo etc/fifo \
    && printf x > "$(printf 'etc/new\\nline')" && printf x > "$(printf 'etc/\\377\\376')" \
    && setfattr -n user.a -v 1 etc/one && touch -h -d @1000000 etc/* usr/bin/tool usr usr/bin etc
    """

  @Test(arguments: [
    ("nothing", ":", []),
    ("content", "echo ONE > etc/one", ["m etc/one"]),
    (
      "content of the same size and time", "printf 'ONE\\n' > etc/one && touch -d @1000000 etc/one",
      ["m etc/one"]
    ),
    (
      "another file of the same size and time",
      "printf 'ONE\\n' > ../x && touch -d @1000000 ../x && chmod --reference etc/one ../x "
        + "&& setfattr -n user.a -v 1 ../x && mv ../x etc/one && touch -d @1000000 etc",
      ["m etc/one"]
    ),
    ("mode", "chmod 0600 etc/one", ["m etc/one"]),
    ("time", "touch -d @5 etc/one", ["m etc/one"]),
    ("attribute", "setfattr -n user.a -v 2 etc/one", ["m etc/one"]),
    ("new attribute", "setfattr -n user.b -v 2 usr", ["m usr"]),
    ("link", "ln -sfn two etc/link && touch -h -d @1000000 etc/link etc", ["m etc/link"]),
    ("one more name", "ln etc/one etc/uno && touch -d @1000000 etc", ["m etc/one", "a etc/uno"]),
    (
      "one name less", "rm etc/three && touch -d @1000000 etc", ["r etc/three", "m etc/two"]
    ),
    ("new file", "echo new > etc/new && touch -d @1000000 etc", ["a etc/new"]),
    ("file gone", "rm usr/bin/tool && touch -d @1000000 usr/bin", ["r usr/bin/tool"]),
    ("folder gone", "rm -r usr && touch -d @1000000 .", ["m .", "r usr"]),
    (
      "folder becomes a link", "mv usr etc/usr && ln -s etc/usr usr && touch -d @1000000 etc",
      ["m .", "m etc", "a etc/usr", "a etc/usr/bin", "a etc/usr/bin/tool", "m usr"]
    ),
    (
      "file becomes a folder", "rm etc/one && mkdir etc/one && : > etc/one/x",
      ["m etc", "m etc/one", "a etc/one/x"]
    ),
    ("folder becomes a file", "rm -r usr/bin && : > usr/bin", ["m usr", "m usr/bin"]),
    (
      "odd names",
      "rm etc/new* && printf y > \"$(printf 'etc/\\377\\376')\" && touch -d @1000000 etc",
      ["r etc/new\nline", "m etc/\u{fffd}\u{fffd}"]
    ),
    ("touched in vain", "touch etc/one && touch -d @1000000 etc/one", []),
  ])
  func `each kind of change is found without reading the rest`(
    name: String, script: String, expected: [String]
  ) throws {
    let rig = try SurveyRig()
    try rig.change(Self.tree)
    try rig.change("touch -d @1000000 .")
    try settle(rig)
    try rig.record()
    try rig.change(script)
    // The size of a folder is the file system's own affair.
    let found = try rig.changesByCache().filter { expected.contains($0) || $0 != "m ." }
    #expect(
      found
        == expected.sorted {
          Array($0.utf8.dropFirst(2)).lexicographicallyPrecedes(
            Array($1.utf8.dropFirst(2)))
        } || name == "folder becomes a link", "\(found)")
    #expect(try rig.changesByReading() == rig.changesByCache())
  }

  @Test func `a change within the tick of the record is found`() throws {
    let rig = try SurveyRig()
    let path = rig.folder("rootfs/file")
    var times = [timespec(tv_sec: 5, tv_nsec: 0), timespec(tv_sec: 5, tv_nsec: 0)]
    for round in 0..<60 {
      Files.write(Array("a\(round % 10)".utf8), to: path)
      utimensat(AT_FDCWD, path, &times, 0)
      try rig.record()
      let descriptor = open(path, O_WRONLY)
      pwrite(descriptor, "b", 1, 0)
      futimens(descriptor, &times)
      close(descriptor)
      #expect(try rig.changesByCache() == ["m file"], "round \(round)")
    }
  }

  @Test func `a status of the future proves nothing`() throws {
    let rig = try SurveyRig()
    try rig.change("echo a > old")
    try settle(rig)
    let root = try OpenDirectory.open(rig.rootfs)
    let status = try #require(try root.status(of: "old"))
    var early = StatCacheWriter(start: status.changeTime, device: status.device)
    var late = StatCacheWriter(
      start: FileTime(seconds: status.changeTime.seconds + 1, nanoseconds: 0),
      device: status.device)
    let facts = MtreeFacts(name: Array("old".utf8), status: status)
    early.item(facts, status)
    #expect(early.isProof(status) == false)
    late.item(facts, status)
    #expect(late.isProof(status))
  }

  @Test func `what something else is mounted over proves nothing`() throws {
    let rig = try SurveyRig()
    try rig.change("echo a > old")
    var raw = stat()
    #expect(lstat(rig.folder("rootfs/old"), &raw) == 0)
    let status = FileStatus(raw)
    let cached = CachedFile(
      name: Array("old".utf8), kind: .regular, permissions: status.permissions,
      userID: status.userID, groupID: status.groupID, linkCount: status.linkCount,
      size: status.size, modificationTime: status.modificationTime,
      changeTime: status.changeTime, inode: status.inode, isProof: true, text: 0..<0, hash: 0..<0)
    #expect(cached.isProven(by: status, on: status.device))
    raw.st_dev += 1
    #expect(!cached.isProven(by: FileStatus(raw), on: status.device))
  }

  @Test func `a cache that does not fit is told from one that does`() throws {
    let rig = try SurveyRig()
    try rig.change(Self.tree)
    try settle(rig)
    try rig.record()
    let path = rig.folder(StatCacheReader.fileName)
    let bytes = try #require(Files.read(path))
    let bundle = try OpenDirectory.open(rig.folder.path)
    let hash = try [UInt8](hexadecimal: run("sha256sum", rig.folder("mtree")).prefix(64))
    let status = try OpenDirectory.open(rig.rootfs).status()
    func failure(_ mtree: [UInt8], _ status: FileStatus) -> StatCacheError? {
      do throws(StatCacheError) {
        _ = try StatCacheReader(bundle: bundle, mtree: mtree, rootfs: status)
        return nil
      } catch {
        return error
      }
    }
    #expect(failure(hash, status) == nil)
    #expect(failure(hash.reversed(), status) == .otherMtree)
    #expect(try failure(hash, OpenDirectory.open("/proc").status()) == .otherDevice)
    var random = SplitMix(announcing: TestEffort.seed)
    for _ in 0..<200 {
      var damaged = bytes
      switch Int.random(in: 0..<3, using: &random) {
      case 0: damaged[Int.random(in: 16..<bytes.count, using: &random)] ^= 1
      case 1: damaged.removeLast(Int.random(in: 1...bytes.count, using: &random))
      default: damaged += [0]
      }
      Files.write(damaged, to: path)
      #expect(failure(hash, status) == .damaged, "\("seed \(random.seed)")")
    }
    Files.write(Array(bytes[..<14]) + [0x39] + bytes[15...], to: path)
    #expect(failure(hash, status) == .otherVersion)
    try run("rm", path)
    #expect(failure(hash, status) == .missing)
    try run("mkfifo", path)
    #expect(failure(hash, status) == .damaged)
  }

  @Test func `a cache made up by somebody is refused or believed, and nothing worse`() throws {
    let rig = try SurveyRig()
    try rig.change(Self.tree)
    try rig.record()
    let path = rig.folder(StatCacheReader.fileName)
    let bytes = try #require(Files.read(path))
    var random = SplitMix(announcing: TestEffort.seed)
    var outcomes: Set<String> = []
    for _ in 0..<300 * TestEffort.factor {
      var forged = Array(bytes.dropLast(64))
      for _ in 0...Int.random(in: 0...3, using: &random) {
        forged[Int.random(in: 24..<forged.count, using: &random)] =
          [0, 1, 0x2e, 0x2f, 0xff].randomElement(using: &random) ?? 0
      }
      forged += bytes.suffix(64).prefix(32)
      var hasher = MtreeDigester([.sha256])
      forged.withUnsafeBytes { hasher.update($0) }
      let digest = hasher.finish()[.sha256] ?? []
      forged += [UInt8](hexadecimal: String(decoding: digest, as: UTF8.self))
      Files.write(forged, to: path)
      do {
        _ = try rig.changesByCache()
        outcomes.insert("believed")
      } catch is StatCacheError {
        outcomes.insert("refused")
      } catch is WalkError {
        outcomes.insert("a name that is not there")
      }
    }
    #expect(outcomes.isSuperset(of: ["believed", "refused"]), "\("seed \(random.seed)")")
  }

  @Test(arguments: [false, true])
  func `cache and reading agree on random changes`(isRootless: Bool) throws {
    var random = SplitMix(announcing: TestEffort.seed)
    for _ in 0..<12 * TestEffort.factor {
      let rig = try SurveyRig(isRootless: isRootless)
      try rig.change(RandomChanges.script(steps: 30, &random))
      if Bool.random(using: &random) { try settle(rig) }
      try rig.record()
      #expect(try rig.changesByCache() == [], "\("seed \(random.seed)")")
      try rig.change(RandomChanges.script(steps: Int.random(in: 1...8, using: &random), &random))
      let found = try rig.changesByReading()
      #expect(try rig.changesByCache() == found, "\("seed \(random.seed)")")
    }
  }
}
