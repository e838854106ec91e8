import Glibc
import Store
import TestSupport
import Testing

/// Where a layout may lie and what may lie in it; a machine without the usual environment.
@Suite struct PlaceTests {
  /// Runs a script in the workshop's folder; `$program` is the program.
  private func shell(
    _ script: String, in shop: Workshop, by runner: [String] = []
  ) throws -> ExternalCommand.Outcome {
    try ExternalCommand.run(
      runner + ["bash", "-ec", script], in: shop.folder.path,
      environment: ["program": TraceRecorder.built("umoci-tx")])
  }

  /// SQLite bears 512 bytes of a path, and the kernel 4096.
  @Test(arguments: [3, 19, 25])
  func `a layout may lie as deep as the file system bears`(depth: Int) throws {
    let shop = try Workshop()
    let outcome = try shell(
      #"""
      layout=$PWD/L; name=$(printf 'd%.0s' {1..200})
      for i in $(seq \#(depth)); do mkdir $name; cd $name; done
      cp -r "$layout" L
      "$program" tag --image L:a x; "$program" new --image L:y; "$program" undo --layout L
      "$program" status --layout L; "$program" verify --layout L; "$program" gc --layout L
      "$program" recover --layout L; "$program" new --image L:r; echo file > f; "$program" insert --image L:r f /f
      "$program" unpack --image L:r B; echo z > B/rootfs/z
      "$program" repack --image L:z B; "$program" audit verify --layout L; "$program" log --layout L
      """#, in: shop)
    #expect(outcome.status == 0, "\(outcome)")
    #expect(!outcome.standardError.contains("error"), "\(outcome)")
  }

  @Test(.enabled(if: Requirement.root.isMet, "needs to run as root"))
  func `no command needs proc(5)`() throws {
    let shop = try Workshop()
    let outcome = try shell(
      #"""
      mkdir -p d/e; mkfifo d/e/p; chmod 604 d/e/p; chmod 2751 d/e
      # Of what cannot be opened, attributes are read through /proc (decision 38).
      "$program" new --image L:r; "$program" insert --image L:r d /d; mount -t tmpfs none /proc
      "$program" --version; "$program" tag --image L:a x; "$program" new --image L:y
      "$program" undo --layout L; "$program" status --layout L; "$program" verify --layout L
      "$program" exec --layout L -- sh -c 'cd "$0"' {}; "$program" gc --layout L
      "$program" recover --layout L; echo file > f; "$program" insert --image L:r f /f
      "$program" unpack --image L:r B; stat -c %a B/rootfs/d/e B/rootfs/d/e/p; echo z > B/rootfs/z; rm B/rootfs/d/e/p
      "$program" repack --refresh-bundle --image L:z B; "$program" log --layout L
      """#, in: shop, by: ["unshare", "--mount"])
    #expect(outcome.status == 0, "\(outcome)")
    #expect(!outcome.standardError.contains("no lease"), "\(outcome)")
    #expect(outcome.standardOutput.contains("2751\n604\n"), "\(outcome)")
    #expect(shop.findings() == [])
  }

  @Test(arguments: [
    ["unpack", "--image", "L:a", "L/.ocitx/stage/b"], ["unpack", "--image", "L:a", "L/.ocitx/b/c"],
    ["unpack", "--image", "L:a", "L/blobs/b"],
    ["raw", "unpack", "--image", "L:a", "L/blobs/sha256/b/c"],
    ["raw", "unpack", "--image", "L:a", "L/.ocitx/../.ocitx/keep"],
    ["raw", "runtime-config", "--image", "L:a", "link/config.json"],
    ["init", "--layout", "L/.ocitx/other"], ["repack", "--image", "L:r", "L/.ocitx/stage"],
  ])
  func `nothing is made inside a journal or among blobs`(command: [String]) throws {
    let shop = try Workshop()
    try shop.succeed(["tag", "--image", "L:a", "x"])
    try Files.link(shop.folder("link"), to: "L/.ocitx/trash")
    let before = try places(in: shop)
    let outcome = try shop.run(command)
    #expect(outcome.status == 64, "\(outcome)")
    #expect(
      outcome.standardError.contains("is inside the journal or the blobs of a layout"), "\(outcome)"
    )
    #expect(try places(in: shop) == before)
  }

  @Test(arguments: [".", "L", "L/.ocitx", "L/.ocitx/stage", "link"])
  func `a folder that changes with the layout is not inserted into it`(source: String) throws {
    let shop = try Workshop()
    try shop.succeed(["tag", "--image", "L:a", "x"])
    try Files.link(shop.folder("link"), to: "L/.ocitx")
    let before = try places(in: shop)
    let outcome = try shop.run(["insert", "--image", "L:a", source + "/", "/target"])
    guard source != "link" else { return #expect(outcome.status == 0, "\(outcome)") }
    #expect(outcome.status == 64, "\(outcome)")
    #expect(outcome.standardError.contains(source.contains("/") ? "is inside" : "holds the layout"))
    #expect(try places(in: shop) == before)
    try shop.succeed(["insert", "--image", "L:a", "L/oci-layout", "/target"])
  }

  /// Everything in the folder; what the database holds may change with an operation that fails.
  private func places(in shop: Workshop) throws -> [String] {
    try shop.listing().filter { !$0.contains("journal.db") }
  }

  @Test func `paths may have any bytes`() throws {
    let shop = try Workshop()
    let outcome = try shell(
      #"""
      odd=$'odd\377\364\217\277\277'; mkdir "$odd"; mv L "$odd/L"
      "$program" tag --image "$odd/L:a" x; "$program" undo --layout "$odd/L"
      "$program" status --layout "$odd/L"; "$program" verify --layout "$odd/L"
      "$program" new --image "$odd/L:r"; "$program" unpack --image "$odd/L:r" "$odd/B"; echo z > "$odd/B/rootfs/z"
      "$program" repack --refresh-bundle --image "$odd/L:z" "$odd/B"
      "$program" unpack --image "$odd/L:r" "$odd/$odd.b"; "$program" raw unpack --image "$odd/L:r" "$odd/$odd.r"
      echo q > "$odd/$odd.f"; "$program" insert --image "$odd/L:z" "$odd/$odd.f" /q
      "$program" init --layout "$odd/$odd" --dry-run; ! "$program" init --layout "$odd/L" --dry-run
      "$program" exec --layout "$odd/L" -- sh -c 'cp "$0/index.json" "$0/x"' {}
      "$program" gc --layout "$odd/L"; "$program" ls --layout "$odd/L"
      mv "$odd" plain; mv plain/L L
      """#, in: shop)
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.standardOutput.hasSuffix("a\nb\nmulti\nr\nz\n"), "\(outcome)")
    #expect(try Files.names(in: shop.folder.path) == ["L", "plain"])
    #expect(shop.findings() == [])
    let missing = try shell(#""$program" ls --layout $'no\377'"#, in: shop)
    #expect(missing.status == 66)
    #expect(missing.standardError.contains(#"no image layout at no\xff"#), "\(missing)")
  }

  @Test func `a limit on the size of files is an error that is told`() throws {
    let shop = try Workshop()
    try shop.succeed(["tag", "--image", "L:a", "x"])
    let limited = try shell(
      #"""
      head -c 3000000 /dev/urandom > big
      ulimit -f 1024; exec "$program" insert --image L:a big /big
      """#, in: shop)
    #expect(limited.status == 74, "\(limited)")
    #expect(limited.standardError.contains("File too large"), "\(limited)")
    #expect(limited.standardError.contains("ulimit -f"), "\(limited)")
    #expect(shop.findings() == [])
    // A tool under `exec` is as it always was.
    let died = try shell(
      #"""
      ulimit -f 1024
      exec "$program" exec --layout L -- dd if=/dev/zero of={}/x bs=1M count=4
      """#, in: shop)
    #expect(died.status == 128 + SIGXFSZ, "\(died)")
  }

  @Test(arguments: ["tag", "undo", "insert"])
  func `a folder that has a layer's name is told`(verb: String) throws {
    let shop = try Workshop()
    try Files.write("content", to: shop.folder("file"))
    let insert = [
      "insert", "--image", "L:a", "--tag", "t", "--history.created=2020-01-01T00:00:00Z",
      "file", "/file",
    ]
    try shop.succeed(insert)
    let script = #"""
      for f in L/blobs/sha256/*; do
        case $(head -c 2 $f | od -An -tx1) in *1f*8b*) echo $f;; esac
      done | xargs ls -t | head -n 1
      """#
    let path = try shell(script, in: shop).standardOutput.split(separator: "\n").first.map(
      String.init)
    let name = try #require(path)
    try shop.succeed(["rm", "--image", "L:t"])
    try shop.expectSuccess(of: ["rm", name])
    try Files.makeDirectory(shop.folder(name))
    let command = ["tag": ["tag", "--image", "L:t@{1}", "u"], "undo": ["undo", "--layout", "L"]]
    let outcome = try shop.run(command[verb] ?? insert)
    #expect(outcome.status == 65, "\(outcome)")
    #expect(outcome.standardError.contains("is not a regular file"), "\(outcome)")
    #expect(outcome.standardError.contains("hint: something else has its name: move blobs/"))
    try shop.succeed(["tag", "--image", "L:b", "other"])
  }

  @Test func `an index.json of a tool that is too large is told`() throws {
    let shop = try Workshop()
    let outcome = try shell(
      #""$program" exec --layout L -- truncate -s 200M {}/index.json"#, in: shop)
    #expect(outcome.status == 65, "\(outcome)")
    #expect(outcome.standardError.contains("larger than"), "\(outcome)")
  }
}
