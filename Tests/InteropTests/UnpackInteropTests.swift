import Glibc
import Store
import TestSupport
import Testing

/// Bundles made here beside those that Debian's umoci makes of the same image.
@Suite(
  .serialized,
  .enabled(if: Requirement.root.isMet, "needs owners, devices and capabilities"),
  .enabled(if: Requirement.umoci.isMet, "umoci is not installed"))
struct UnpackInteropTests {
  /// Three layers of a real Debian system, with everything that metadata can be.
  private static let layers = #"""
    set -e; cd "$1"; umask 022
    # What packages hold, and what their installation would note down.
    get() { apt-get download -qq base-files bash coreutils libc-bin passwd perl-base tzdata; }
    get || { apt-get update -qq && get; }
    mkdir -p 0/var/lib/dpkg/info 0/etc/cron.daily
    for package in *.deb; do
      dpkg-deb -x "$package" 0
      dpkg-deb --ctrl-tarfile "$package" >"0/var/lib/dpkg/info/${package%%_*}.control"
    done
    echo root:x:0:0::/root:/bin/sh | tee 0/etc/passwd >0/etc/passwd-; echo here >0/etc/hostname
    tar --format=posix --xattrs --acls --numeric-owner -C 0 -cf 1.tar etc usr/sbin usr/share var/lib/dpkg/info
    mkdir -p 2/usr/bin 2/var/lib/dpkg/info 2/dir/sub 2/etc && cd 2
    echo tool >usr/bin/tool && chmod 4755 usr/bin/tool && chown 7:8 usr/bin/tool
    cp /bin/true usr/bin/capable && setcap cap_net_raw+ep usr/bin/capable
    setfattr -n user.a -v "$(printf 'b\tc')" usr/bin/capable
    echo x >dir/acl && setfacl -m u:7:rw dir/acl && setfacl -d -m g:8:rx dir/sub
    ln usr/bin/tool dir/hard && ln -s ../usr/bin/tool dir/link && mkfifo dir/fifo
    mknod dir/null c 1 3 && truncate -s 300K dir/sparse && echo end >>dir/sparse
    touch "$(printf 'dir/\377 \n name')" && chmod 1777 dir/sub && touch -d '1969-12-31 23:59:58.5Z' dir/old
    echo replaced >etc/hostname; cd ..
    tar --format=posix --xattrs --xattrs-include='*' --acls --numeric-owner -S -C 2 -cf 2.tar .
    mkdir -p 3/etc 3/var/lib/dpkg/info 3/dir && : >3/etc/.wh.passwd- && : >3/etc/.wh.cron.daily
    : >3/var/lib/dpkg/info/.wh..wh..opq && echo new >3/var/lib/dpkg/info/new && echo now >3/etc/issue
    tar --format=posix --numeric-owner -C 3 -cf 3.tar etc var dir
    gzip -1nk 1.tar 2.tar
    """#

  /// A layout in which `a` is that image.
  private static func image(_ folder: TestSupport.TemporaryDirectory) throws {
    let made = try ExternalCommand.run(["sh", "-c", layers, "sh", folder.path])
    guard made.status == 0 else { throw TestFailure("\(made)") }
    let builder = try LayoutBuilder(at: folder("image"))
    let layers = try [
      ("1.tar.gz", MediaType.layerGzip), ("2.tar.gz", .layerGzip), ("3.tar", .layer),
    ].map { try builder.addBlob(Files.read(folder($0)), mediaType: $1) }
    var config = ImageConfig(created: .zero, platform: .host)
    for name in ["1.tar", "2.tar", "3.tar"] {
      config.appendDiffID(DiffID(Digest.sha256(of: try Files.read(folder(name)))))
    }
    var manifest = ImageManifest(
      config: try builder.addBlob(config.serialized(), mediaType: .imageConfig), layers: layers)
    manifest.setMediaType(.imageManifest)
    builder.tag("a", try builder.addBlob(manifest.serialized(), mediaType: .imageManifest))
    try builder.finish()
  }

  /// What tools that neither of the two wrote see of a tree.
  private static func description(of tree: String) throws -> [String] {
    let script = #"""
      cd "$1" && mtree -c -k type,mode,uid,gid,size,link,nlink,time,device,sha256 | grep -v '^#'
      getfattr -Rhd -m - -e hex . 2>/dev/null
      getcap -r .
      """#
    let outcome = try ExternalCommand.run(["sh", "-c", script, "sh", tree])
    return outcome.standardOutput.split(separator: "\n").map(String.init)
  }

  @Test func `the root file system is umoci's, and umoci repacks the bundle`() throws {
    let folder = try TestSupport.TemporaryDirectory()
    try Self.image(folder)
    for options in [
      [], ["--uid-map=0:100000:65536", "--gid-map=0:100000:65536"], ["--rootless"],
    ] {
      try compare(folder, options)
      for bundle in ["ours", "theirs"] { try Files.remove(folder(bundle)) }
    }
  }

  private func compare(_ folder: TestSupport.TemporaryDirectory, _ options: [String]) throws {
    let program = TraceRecorder.built("umoci-tx")
    let ours = try ExternalCommand.run(
      [program, "unpack", "--image", folder("image:a")] + options + [folder("ours")])
    try #require(ours.status == 0, "\(ours)")
    let theirs = try ExternalCommand.run(
      ["umoci", "unpack", "--image", folder("image:a")] + options + [folder("theirs")])
    try #require(theirs.status == 0, "\(theirs)")
    let expected = try Self.description(of: folder("theirs/rootfs"))
    #expect(expected.count > 1000, "\(options)")
    let difference = try Self.description(of: folder("ours/rootfs")).difference(from: expected)
    #expect(difference.isEmpty, "\(options): \(difference.map { $0 })")
    let change = try ExternalCommand.run([
      "sh", "-ec",
      #"cd "$0" && echo new >etc/added && chown --reference=etc etc/added && rm etc/issue"#,
      folder("ours/rootfs"),
    ])
    try #require(change.status == 0, "\(change)")
    let repacked = try ExternalCommand.run(
      ["umoci", "repack", "--image", folder("image:c"), folder("ours")])
    try #require(repacked.status == 0, "\(options): \(repacked)")
    let names = try ExternalCommand.run([
      "sh", "-ec",
      #"""
      cd "$0"; blob() { jq -r "$1" | sed 's|^sha256:|blobs/sha256/|'; }
      m=$(jq '.manifests[] | select(.annotations[] == "c")' index.json | blob .digest)
      tar -tzf "$(blob '.layers[-1].digest' <"$m")" | LC_ALL=C sort
      """#, folder("image"),
    ])
    #expect(names.standardOutput == "etc/\netc/.wh.issue\netc/added\n", "\(names)")
  }

  @Test(arguments: ["runc", "crun"], [false, true])
  func `a runtime starts a shell from what the command unpacked`(
    runtime: String, isRootless: Bool
  ) throws {
    let folder = try TestSupport.TemporaryDirectory()
    let builder = try LayoutBuilder(at: folder("image"))
    let made = try ExternalCommand.run([
      "sh", "-ec",
      #"""
      cd "$0" && mkdir -p r/bin r/proc r/sys r/dev r/etc && cp /bin/busybox r/bin/sh && ln -s sh r/bin/id
      echo root:x:0:0::/root:/bin/sh >r/etc/passwd && tar -C r -cf r.tar . && chmod 755 .
      mkdir -m 777 w
      """#, folder.path,
    ])
    try #require(made.status == 0, "\(made)")
    let tar = try Files.read(folder("r.tar"))
    let config = try builder.addBlob(
      #"{"os":"linux","architecture":"amd64","config":{"Cmd":["sh","-c","id; exit 3"]},"#
        + #""rootfs":{"type":"layers","diff_ids":["\#(Digest.sha256(of: tar))"]}}"#,
      mediaType: .imageConfig)
    let manifest = ImageManifest(
      config: config, layers: [try builder.addBlob(tar, mediaType: .layer)])
    builder.tag(
      "latest", try builder.addBlob(manifest.serialized(), mediaType: .imageManifest))
    try builder.finish()
    try ExternalCommand.run(["chmod", "-R", "a+rX", folder("image")])
    let user =
      isRootless
      ? "setpriv --reuid=65534 --regid=65534 --clear-groups env XDG_RUNTIME_DIR=\(folder("w"))" : ""
    let script = """
      set -e; cd \(folder("w"))
      \(user) \(TraceRecorder.built("umoci-tx")) unpack \(isRootless ? "--rootless" : "") \
        --image \(folder("image")) b
      umount /sys/fs/cgroup/unified 2>/dev/null || true
      exec \(user) \(runtime) --root \(folder("w"))/state run -b b test-\(getpid())-\(runtime)
      """
    let run = try ExternalCommand.run([
      "script", "-qec", "unshare --mount sh -c '\(script)'", "/dev/null",
    ])
    #expect(run.status == 3, "\(run)")
    #expect(run.standardOutput.contains("uid=0(root) gid=0"), "\(run)")
  }
}
