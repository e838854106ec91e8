import Glibc
import Store
import TestSupport
import Testing

@testable import umoci_tx

/// Layers that go from one program to another.
@Suite struct LayerInteropTests {
  /// Fills a folder with one of everything.
  static func fill(_ folder: String) throws {
    let script = """
      set -e
      mkdir -p "$0/a/b" && cd "$0"
      printf text > a/file; ln a/file a/hard; ln -s ../nowhere a/b/link; mkfifo a/fifo
      printf x > "$(printf 'not\\377utf8')"; printf y > 'über'
      printf z > "$(printf 'long%.0s' $(seq 50))"
      truncate -s 3000000 hole; printf end >> hole
      chmod 4711 a/file; touch -d 1990-01-02T03:04:05 a/file a
      setfattr -n user.name -v value a/file
      if [ "$(id -u)" = 0 ]; then
        mknod a/null c 1 3; chown 1234:3000000 a/b; setcap cap_net_raw+ep 'über'
      fi
      """
    let outcome = try ExternalCommand.run(["bash", "-c", script, folder])
    guard outcome.status == 0 else { throw TestFailure("\(outcome)") }
  }

  /// Everything below a folder, so that it can be compared.
  static func listing(_ folder: String) throws -> String {
    let script = """
      cd "$0" && find . -mindepth 1 ! -type d -printf '%p|%y %m %U:%G %s %Ts %n %l\\n' | LC_ALL=C sort
      find . -mindepth 1 -type d -printf '%p|%y %m %U:%G\\n' | LC_ALL=C sort
      find . -type f -exec sha256sum {} + | LC_ALL=C sort
      getfattr -Rhd -m - . | LC_ALL=C sort
      """
    let outcome = try ExternalCommand.run(["bash", "-c", script, folder])
    guard outcome.status == 0 else { throw TestFailure("\(outcome)") }
    return outcome.standardOutput
  }

  static func run(_ words: String..., folder: String? = nil) throws {
    let outcome = try ExternalCommand.run(words, in: folder)
    guard outcome.status == 0 else { throw TestFailure("\(words): \(outcome)") }
  }

  @Test(
    .enabled(if: Requirement.umoci.isMet && Requirement.root.isMet, "needs umoci and root"),
    arguments: ["gzip", "none"])
  func `umoci unpacks our layer to the tree that it was made of`(_ compression: String) throws {
    let rig = try LayerRig()
    try Self.fill(rig("dir"))
    try rig.succeed("insert", "--compress", compression, rig("dir"), "/")
    let expected = try Self.listing(rig("dir"))
    try Self.run("umoci", "unpack", "--image", rig.layout + ":a", rig.folder("theirs"))
    #expect(try Self.listing(rig.folder("theirs/rootfs")) == expected)
    let ours = try CapturedRun(["unpack", "--image", rig.layout + ":a", rig.folder("ours")])
    #expect(ours.status == 0, "\(ours.messages)")
    #expect(try Self.listing(rig.folder("ours/rootfs")) == expected)
  }

  @Test(.enabled(if: Requirement.umoci.isMet && Requirement.root.isMet, "needs umoci and root"))
  func `we unpack what umoci inserts, though its archive has no end`() throws {
    let rig = try LayerRig()
    try Self.fill(rig("dir"))
    // umoci 0.4.7 rounds times to the nearest second; there is nothing to round here.
    try Self.run("find", rig("dir"), "-exec", "touch", "-h", "-d", "@1700000000", "{}", "+")
    try Self.run("umoci", "insert", "--image", rig.layout + ":a", rig("dir"), "/")
    let ours = try CapturedRun(["unpack", "--image", rig.layout + ":a", rig.folder("ours")])
    #expect(ours.status == 0, "\(ours.messages)")
    #expect(try Self.listing(rig.folder("ours/rootfs")) == Self.listing(rig("dir")))
  }

  @Test func `other readers take the compressed stream and the archive`() throws {
    let rig = try LayerRig()
    // Several chunks, so that there are several members.
    var text: [UInt8] = []
    for number in 0..<500_000 { text += Array("line \(number)\n".utf8) }
    try Files.write(text, to: rig("dir/text"))
    try rig.succeed("insert", "--tag", "gzip", "--compress", "gzip", rig("dir"), "/d")
    try rig.succeed("insert", "--tag", "zstd", "--compress", "zstd", rig("dir"), "/d")
    let diffID = try #require(try rig.image("gzip").config.diffIDs.last).digest
    #expect(try rig.image("zstd").config.diffIDs.last?.digest == diffID)
    let programs = [
      ("gzip", "gzip -dc"), ("zstd", "zstd -dcq"),
      (
        "gzip",
        "python3 -c 'import gzip,sys;sys.stdout.buffer.write(gzip.open(sys.stdin.buffer).read())'"
      ),
    ]
    for (tag, program) in programs {
      let blob = rig.layout + "/blobs/" + BlobStore.relativePath(of: try rig.layer(tag).digest)
      let outcome = try ExternalCommand.run(
        ["bash", "-c", "set -o pipefail; \(program) <'\(blob)' | sha256sum"])
      #expect(outcome.standardOutput.hasPrefix(diffID.encoded), "\(program): \(outcome)")
    }
    #expect(try rig.names("gzip") == ["d/", "d/other", "d/text"])
    let script = """
      import sys, tarfile
      with tarfile.open(sys.argv[1]) as tar: print([entry.name for entry in tar])
      """
    let blob = rig.layout + "/blobs/" + BlobStore.relativePath(of: try rig.layer("gzip").digest)
    let python = try ExternalCommand.run(["python3", "-c", script, blob])
    #expect(python.standardOutput == "['d', 'd/other', 'd/text']\n", "\(python)")
  }

  @Test(
    .enabled(if: Requirement.skopeo.isMet && Registry.isInstalled, "needs skopeo and a registry"))
  func `an image keeps its digests on its way through a registry`() throws {
    let rig = try LayerRig()
    try Self.fill(rig("dir"))
    try rig.succeed("insert", "--tag", "gzip", rig("dir"), "/d")
    try rig.succeed("insert", "--tag", "zstd", "--compress", "zstd", rig("dir"), "/d")
    let registry = try Registry(in: rig.folder("registry"))
    for tag in ["gzip", "zstd"] {
      let place = "docker://\(registry.address)/image:\(tag)"
      try Self.run(
        "skopeo", "copy", "-q", "--dest-tls-verify=false", "oci:\(rig.layout):\(tag)", place)
      try Self.run(
        "skopeo", "copy", "-q", "--src-tls-verify=false", place, "oci:\(rig.folder("back")):\(tag)")
    }
    let back = try ImageLayout.open(rig.folder("back")).readIndex().index
    let there = try ImageLayout.open(rig.layout).readIndex().index
    for tag in ["gzip", "zstd"] {
      let digests = [back, there].map { $0.entries(named: tag).map(\.descriptor.digest) }
      #expect(digests[0] == digests[1] && digests[0].count == 1)
    }
    #expect(LayoutVerifier.verify(at: rig.folder("back")).isEmpty)
  }
}

/// Debian's docker-registry on a free port of this machine.
final class Registry {
  let address: String
  private let process: pid_t

  static var isInstalled: Bool { access("/usr/bin/docker-registry", X_OK) == 0 }

  init(in folder: String) throws {
    try Files.makeDirectory(folder)
    let log = folder + "/log"
    try Files.write(
      """
      version: 0.1
      storage: {filesystem: {rootdirectory: \(folder)/data}}
      http: {addr: "127.0.0.1:0"}
      """, to: folder + "/config.yml")
    // The shell answers with the process and with where it listens, as soon as the log tells.
    let script = """
      docker-registry serve "$0/config.yml" >"$0/log" 2>&1 &
      until grep -o 'listening on 127[0-9.:]*' "$0/log" || ! kill -0 $!; do read -t 0.02 <>"$0/pause"; done
      echo $!
      """
    mkfifo(folder + "/pause", 0o600)
    let outcome = try ExternalCommand.run(["bash", "-c", script, folder])
    let words = outcome.standardOutput.split(whereSeparator: \.isWhitespace)
    guard words.count == 4, let process = pid_t(words[3]) else {
      throw TestFailure("no registry: \(outcome) \((try? Files.read(log)) ?? [])")
    }
    address = String(words[2])
    self.process = process
  }

  deinit { kill(process, SIGKILL) }
}
