import CLinux
import Glibc
import Layers
import Store
import TestSupport
import Testing

/// Trees on disk, compared with what the writer says of them and with what real umoci says.
@Suite struct MtreeTreeTests {
  private func mtree(of rootfs: String) throws -> [UInt8] {
    var text: [UInt8] = []
    var writer = MtreeWriter(header: MtreeHeader())
    try writer.write(rootfs: rootfs) { text += $0 }
    return text
  }

  private func differences(
    _ rootfs: String, _ text: [UInt8], _ keywords: [MtreeKeyword] = MtreeKeyword.bundle
  ) throws -> [String] {
    try MtreeFile(parsing: text).differences(fromRootfs: rootfs, keywords: keywords)
      .map(\.description)
  }

  @Test func `a tree has the text that gomtree gives it`() throws {
    let folder = try TemporaryFolder()
    try run(
      "sh", "-c",
      "cd \(folder.path) && mkdir r r/a r/b && printf hi > 'r/b/x y' "
        + "&& ln -s '../b/x y' r/a/l && chmod 4711 'r/b/x y' && chmod 0 r/a "
        + "&& touch -h -d @-5.5 'r/b/x y' r/a/l r/a r/b && touch -d @7.9 r")
    let sizes = try ["r", "r/a", "r/b"].map { try OpenDirectory.open(folder($0)).status().size }
    let own = try OpenDirectory.open(folder("r")).status()
    var text: [UInt8] = []
    var writer = MtreeWriter(
      header: MtreeHeader(
        user: "me", machine: "host\nile", tree: "/r",
        time: Timestamp(secondsSinceEpoch: 1_772_586_834, offsetMinutes: 60)))
    try writer.write(rootfs: folder("r")) { text += $0 }
    let expected = """
      #          user: me
      #       machine: host?ile
      #          tree: /r
      #          date: Wed Mar 4 02:13:54 2026
      #      keywords: size,type,uid,gid,mode,link,nlink,tar_time,sha256digest,xattr

      # .
      /set type=file nlink=1 mode=0664 uid=\(own.userID) gid=\(own.groupID)
      . size=\(sizes[0]) type=dir mode=0755 nlink=4 tar_time=7.000000000

      # a
      a size=\(sizes[1]) type=dir mode=0 nlink=2 tar_time=-6.000000000
          l size=8 type=link mode=0777 link=../b/x\\040y tar_time=-6.000000000
      ..

      # b
      b size=\(sizes[2]) type=dir mode=0755 nlink=2 tar_time=-6.000000000
          x\\040y size=2 mode=04711 tar_time=-6.000000000 \
      sha256digest=8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4
      ..
      ..

      """
    #expect(String(decoding: text, as: UTF8.self) == expected)
    #expect(try differences(folder("r"), text) == [])
  }

  @Test(.enabled(if: canRunAsRoot("umoci")))
  func `umoci's own mtree files are met byte for byte`() throws {
    let folder = try TemporaryFolder()
    let (image, bundle) = (folder("image"), folder("bundle"))
    try run("umoci", "init", "--layout", image)
    try run("umoci", "new", "--image", image + ":a")
    try run("umoci", "unpack", "--image", image + ":a", bundle)
    try run("sh", "-c", "cd \(bundle)/rootfs && " + Self.oddTree)
    try run("umoci", "repack", "--image", image + ":b", "--refresh-bundle", bundle)
    let again = folder("again")
    try run("umoci", "unpack", "--image", image + ":b", again)
    for unpacked in [bundle, again] {
      let name = try #require(
        OpenDirectory.open(unpacked).entryNames().first { $0.hasSuffix(".mtree") })
      let place = unpacked.dropFirst(folder.path.utf8.count + 1) + "/"
      let theirs = try folder.read(place + name)
      #expect(withoutComments(theirs) == withoutComments(try mtree(of: unpacked + "/rootfs")))
      #expect(try differences(unpacked + "/rootfs", theirs) == [])
    }
  }

  /// Everything that a layer can hold and umoci 0.4.7 can pack, under every kind of name.
  private static let oddTree = """
    mkdir -p 'dir with space' a/b/c z 'x=y' "$(printf 'octal\\351')" \
    && echo hi > 'dir with space/f#1' && echo x > 'a/*[?]' && echo y > "$(printf 'a/t\\tab')" \
    && echo z > 'a/back\\slash' && printf q > "$(printf 'a/\\377\\376 bad')" && echo q > 'x=y/k=v' \
    && ln -s '../dir with space/f#1' a/link && ln -s 'a\\b#' a/link2 && ln a/link2 a/link3 \
    && ln 'a/back\\slash' z/hard && mkfifo z/fifo && mknod z/null c 1 3 && mknod z/b b 7 200 \
    && cp /bin/true z/suid && chown 1000:50 a/b/c && chown -h 3:4 a/link && chown 5:0 z/hard \
    && chmod 6755 z/suid && chmod 1777 z && chmod 0 a/b && chmod 0664 x=y/k=v \
    && setfattr -n user.foo -v bar 'a/back\\slash' && setfattr -n 'user.s p#' -v 1 a \
    && setfattr -n user.bin -v 0x00ff10 z && setfattr -n trusted.t -v 1 z/suid \
    && setfattr -n user.big -v $(head -c 1025 /dev/zero | tr '\\0' a) a/b \
    && setfattr -n user.small -v 1 a/b \
    && setfattr -n user.full -v $(head -c 1024 /dev/zero | tr '\\0' a) a/b/c \
    && touch -d '1960-01-01 00:00:00.5' a/b/c && touch -h -d '2020-01-01 0:00:00.999' a/link \
    && : > empty && truncate -s 3000000 z/sparse
    """

  /// The lines that are not comments, in which umoci writes directory names as they are.
  private func withoutComments(_ text: [UInt8]) -> String {
    text.split(separator: 0x0a, omittingEmptySubsequences: false).filter { $0.first != 0x23 }
      .map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
  }

  @Test func `a directory's name cannot put lines into the mtree file`() throws {
    let folder = try TemporaryFolder()
    try run("mkdir", "-p", folder("r/x\nevil type=file"))
    let text = try mtree(of: folder("r"))
    let mtree = try MtreeFile(parsing: text)
    #expect(mtree.entryCount == 2)
    #expect(mtree.node(named: Array("evil".utf8), in: .root) == nil)
  }

  @Test func `each kind of change is found, and nothing else`() throws {
    let folder = try TemporaryFolder()
    try run(
      "sh", "-c",
      "cd \(folder.path) && mkdir -p r/d/e r/gone && printf abc > r/same "
        + "&& printf abc > r/content && printf abc > r/mode && ln -s a r/link && touch -d @1 r/* r")
    let text = try mtree(of: folder("r"))
    try run(
      "sh", "-c",
      "cd \(folder.path)/r && printf abX > content && touch -d @1 content "
        + "&& chmod 0700 mode && ln -sfn b link && touch -h -d @1 link && rmdir gone && : > d/new "
        + "&& touch -d @1 d .")
    let keywords: [MtreeKeyword] = [.type, .mode, .link, .sha256, .tarTime]
    let before = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    let found = try differences(folder("r"), text, keywords)
    #expect(
      found == [
        "\"content\": keyword \"sha256digest\": expected \(before); "
          + "got \(try run("sha256sum", folder("r/content")).prefix(64))",
        "\"d/new\": unexpected path", "\"gone\": missing path",
        "\"link\": keyword \"link\": expected a; got b",
        "\"mode\": keyword \"mode\": expected 0644; got 0700",
      ])
  }

  @Test func `a deep tree is walked with few descriptors`() throws {
    let folder = try TemporaryFolder()
    try run(
      "sh", "-c",
      "cd \(folder.path) && mkdir r && cd r && i=0 && "
        + "while [ $i -lt 400 ]; do mkdir b a && : > f && cd a && i=$((i+1)); done")
    let text = try mtree(of: folder("r"))
    #expect(try MtreeFile(parsing: text).entryCount == 1201)
    #expect(try differences(folder("r"), text) == [])
  }

  @Test func `every digest is that of the usual tool`() throws {
    let folder = try TemporaryFolder()
    var random = SplitMix(announcing: 7)
    try folder.write((0..<300_000).map { _ in UInt8(truncatingIfNeeded: random.next()) }, to: "f")
    try folder.write([], to: "empty")
    let tools: [(MtreeKeyword, String)] = [
      (.md5, "md5sum"), (.sha1, "sha1sum"), (.sha256, "sha256sum"), (.sha384, "sha384sum"),
      (.sha512, "sha512sum"), (.cksum, "cksum"),
    ]
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1000, alignment: 16)
    defer { buffer.deallocate() }
    for name in ["f", "empty"] {
      let file = try OpenDirectory.open(folder.path).openFile(name)
      let digests = try MtreeDigester.digests(of: file, tools.map(\.0), buffer: buffer)
      for (keyword, tool) in tools {
        let printed = try run("sh", "-c", "\(tool) < \(folder(name))")
        let expected = printed.split(separator: " ").first.map(String.init)
        #expect(digests[keyword].map { String(decoding: $0, as: UTF8.self) } == expected)
      }
    }
  }

  @Test func `the digest that no usual tool knows has its published value`() {
    #expect(
      MtreeDigester([.ripemd160]).finish()[.ripemd160]
        == Array("9c1185a5c5e9fc54612808977ee8f548b2258d31".utf8))
  }

  @Test func `digesting a file without end stops when it is told to`() throws {
    struct Stopped: Error {}
    let folder = TemporaryDirectory()
    let path = folder("large")
    let descriptor = clinux_open(path, O_RDWR | O_CREAT, 0o600)
    try #require(ftruncate(descriptor, 1 << 42) == 0)
    let file = OpenFile(descriptor: descriptor, path: path)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer { buffer.deallocate() }
    var asked = 0
    #expect(throws: Stopped.self) {
      _ = try MtreeDigester.digests(of: file, [.sha256], buffer: buffer) {
        asked += 1
        if asked == 5 { throw Stopped() }
      }
    }
    #expect(asked == 5)
  }
}
