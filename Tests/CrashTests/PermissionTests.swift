import Journal
import Store
import TestSupport
import Testing

/// Layouts that belong to somebody else, to a group, or that nobody may write.
@Suite struct PermissionTests {
  static let reading: [[String]] = [
    ["ls", "--layout", "{L}"], ["log", "--layout", "{L}"], ["status", "--layout", "{L}"],
    ["show", "--layout", "{L}", "1"], ["log", "--json", "--layout", "{L}"],
  ]

  @Test(.enabled(if: OwnedLayout.isPossible, "needs root and setpriv"))
  func `a layout without any write permission is read and left alone`() throws {
    let layout = try OwnedLayout(owner: 1001, group: 1001)
    try layout.shell(#"chmod -R a-w "$1""#)
    try check(layout, writerStatus: 77)
  }

  @Test(.enabled(if: OwnedLayout.isPossible, "needs root and setpriv"))
  func `another user's layout is read and left alone`() throws {
    try check(OwnedLayout(owner: 1001, group: 1001), writerStatus: 77)
  }

  @Test(.enabled(if: OwnedLayout.isPossible, "needs root and setpriv"))
  func `another user's layout without a history stays without one`() throws {
    let layout = try OwnedLayout(owner: 1001, group: 1001, hasHistory: false)
    let before = try Files.listing(layout.path)
    #expect(try layout.run(["ls", "--layout", "{L}"], as: 1002).status == 0)
    #expect(try layout.run(["log", "--layout", "{L}"], as: 1002).status == 0)
    #expect(try layout.run(["tag", "--image", "{L}:a", "x"], as: 1002).status == 77)
    #expect(try Files.listing(layout.path) == before)
  }

  @Test(.enabled(if: OwnedLayout.isPossible, "needs root and setpriv"))
  func `a record that its owner may not read is no damage, and recover writes it again`() throws {
    let layout = try OwnedLayout(owner: 1001, group: 1001)
    try layout.shell(#"chmod 0 "$1"/.ocitx/ops/*"#)
    for command in [["verify", "--layout", "{L}"], ["audit", "verify", "--layout", "{L}"]] {
      let outcome = try layout.run(command, as: 1001)
      #expect(outcome.status == 77, "\(command): \(outcome)")
      #expect(outcome.standardError.contains("Permission denied"), "\(outcome)")
      #expect(!outcome.output.contains("record-file-changed"), "\(outcome)")
    }
    let tagged = try layout.run(["tag", "--image", "{L}:a", "x"], as: 1001)
    #expect(tagged.status == 0, "\(tagged)")
    let recovered = try layout.run(["recover", "--layout", "{L}"], as: 1001)
    #expect(recovered.status == 0, "\(recovered)")
    #expect(recovered.output.contains("record file(s) were written again"), "\(recovered)")
    let verified = try layout.run(["verify", "--layout", "{L}"], as: 1001)
    #expect(verified.status == 0, "\(verified)")
  }

  /// Reads as another user, tries to write, and looks whether anything has changed.
  private func check(_ layout: OwnedLayout, writerStatus: Int32) throws {
    let before = try Files.listing(layout.path)
    for command in Self.reading {
      let outcome = try layout.run(command, as: 1002)
      #expect(outcome.status == 0, "\(command): \(outcome)")
    }
    for command in [
      ["tag", "--image", "{L}:a", "x"], ["rm", "--image", "{L}:a"], ["new", "--image", "{L}:x"],
    ] {
      let outcome = try layout.run(command, as: 1002)
      #expect(outcome.status == writerStatus, "\(command): \(outcome)")
      #expect(outcome.standardError.hasPrefix("error: "))
    }
    #expect(try Files.listing(layout.path) == before)
  }

  @Test(.enabled(if: OwnedLayout.isPossible, "needs root and setpriv"))
  func `a read-only mount is read by root and left alone`() throws {
    let layout = try OwnedLayout(owner: 0, group: 0)
    let before = try Files.listing(layout.path)
    let mounts = #"mount --bind "$1" "$1" && mount -o remount,ro,bind "$1"; shift; exec "$@""#
    for command in Self.reading {
      let outcome = try layout.run(command, in: mounts)
      #expect(outcome.status == 0, "\(command): \(outcome)")
    }
    let outcome = try layout.run(["tag", "--image", "{L}:a", "x"], in: mounts)
    #expect(outcome.status == 77, "\(outcome)")
    #expect(outcome.standardError.contains("Read-only file system"))
    #expect(try Files.listing(layout.path) == before)
  }

  @Test(.enabled(if: OwnedLayout.isPossible, "needs root and setpriv"), arguments: [false, true])
  func `two users of one group share a layout`(isGroupPrimary: Bool) throws {
    let layout = try OwnedLayout(owner: 1001, group: 2000, hasHistory: false)
    try layout.shell(#"chmod -R g+w "$1""#)
    let group = isGroupPrimary ? nil : UInt32(2000)
    func succeed(_ command: [String], as user: UInt32) throws {
      let outcome = try layout.run(
        command, as: user, primaryGroup: group == nil ? 2000 : user, group)
      #expect(outcome.status == 0, "\(command) of \(user): \(outcome)")
      #expect(try layout.paths("! -type l ! -perm -g=w") == [])
    }
    for round in 0..<2 {
      try succeed(["tag", "--image", "{L}:a", "first\(round)"], as: 1001)
      try succeed(["tag", "--image", "{L}:b", "second\(round)"], as: 1002)
      try succeed(["new", "--image", "{L}:new\(round)"], as: 1002)
    }
    try succeed(["undo", "--layout", "{L}"], as: 1001)
    try succeed(["undo", "--layout", "{L}"], as: 1002)
    let names = try LayoutAudit.tags(of: layout.path)?.map { $0.prefix { $0 != "=" } }
    #expect(names == ["a", "b", "first0", "new0", "second0", "second1"])
    #expect(try LayoutAudit.problems(of: layout.path) == [])
  }

  @Test(.enabled(if: OwnedLayout.isPossible, "needs root and setpriv"))
  func `what a killed tool of one user leaves stops no other user`() throws {
    let layout = try OwnedLayout(owner: 1001, group: 2000)
    try layout.shell(#"chmod -R g+w "$1"; find "$1" -type d -exec chmod g+s {} +"#)
    let script = #"umask 077; mkdir "$0/cache"; touch "$0/cache/x"; kill -9 $PPID; exec sleep 60"#
    let died = try layout.run(
      ["exec", "--layout", "{L}", "--", "sh", "-c", script, "{}"], as: 1001, primaryGroup: 2000)
    #expect(died.status == 137, "\(died)")
    for command in [
      ["tag", "--image", "{L}:a", "x"], ["recover", "--layout", "{L}"], ["gc", "--layout", "{L}"],
      ["undo", "--layout", "{L}"],
    ] {
      let outcome = try layout.run(command, as: 1002, primaryGroup: 2000)
      #expect(outcome.status == 0, "\(command): \(outcome)")
      #expect(
        (outcome.standardOutput + outcome.standardError).contains("cache: Permission denied"),
        "\(command): \(outcome)")
    }
    let outcome = try layout.run(["tag", "--image", "{L}:a", "y"], as: 1001, primaryGroup: 2000)
    #expect(outcome.status == 0 && outcome.standardError == "", "\(outcome)")
    #expect(try layout.paths("-path */stage/*") == [])
    #expect(try LayoutAudit.problems(of: layout.path) == [])
  }

  @Test(.enabled(if: OwnedLayout.isPossible, "needs root and setpriv"))
  func `gc beside another user's living tool looks past what he keeps to himself`() throws {
    let layout = try OwnedLayout(owner: 1001, group: 2000)
    try layout.shell(#"chmod -R g+w "$1"; find "$1" -type d -exec chmod g+s {} +"#)
    try layout.shell(
      #"""
      become() { user=$1; shift; setpriv --reuid $user --regid 2000 --clear-groups "$@"; }
      program=\#(TraceRecorder.built("umoci-tx"))
      script='umask 077; mkdir "$0/cache"; touch "$0/cache/x"; while [ ! -e "$0/go" ]; do sleep 0.01; done'
      umask 022; become 1001 "$program" exec --layout "$1" -- sh -c "$script" {} & tool=$!
      while [ ! -e "$1"/.ocitx/stage/*/view/cache/x ]; do kill -0 $tool; sleep 0.01; done
      view=$(echo "$1"/.ocitx/stage/*/view)
      become 1002 "$program" gc --grace 0 --layout "$1" || status=$?
      become 1002 "$program" gc --prune --layout "$1" || status=$?
      touch "$view/go"; wait $tool; exit ${status:-0}
      """#)
    #expect(try LayoutAudit.problems(of: layout.path) == [])
  }

  @Test(.enabled(if: OwnedLayout.isPossible, "needs root and setpriv"), arguments: [false, true])
  func `what root writes belongs to the layout's owner`(hasHistory: Bool) throws {
    let layout = try OwnedLayout(owner: 1001, group: 1002, hasHistory: hasHistory)
    let commands = [
      ["tag", "--image", "{L}:a", "x"], ["new", "--image", "{L}:y"], ["rm", "--image", "{L}:x"],
      ["undo", "--layout", "{L}"], ["recover", "--layout", "{L}"],
    ]
    for command in commands {
      let outcome = try layout.run(command, as: 0)
      #expect(outcome.status == 0, "\(command): \(outcome)")
      #expect(try layout.paths("! -user 1001 -o ! -group 1002") == [], "\(command)")
    }
    #expect(try layout.run(["tag", "--image", "{L}:b", "z"], as: 1001).status == 0)
    #expect(try LayoutAudit.problems(of: layout.path) == [])
  }

  @Test func `a layout behind a symbolic link is the layout`() throws {
    let sandbox = try Sandbox()
    try WritingCommand.managed(sandbox)
    let link = sandbox.folder("link")
    try Files.link(link, to: sandbox.layout)
    for command in [["tag", "--image", link + ":a", "x"], ["undo", "--layout", link]] {
      try sandbox.succeed(command)
    }
    try sandbox.succeed(["tag", "--image", "{L}:a", "y"])
    #expect(try Files.mode(of: link) & 0o170000 == 0o120000)
    #expect(try LayoutAudit.problems(of: sandbox.layout) == [])
    #expect(try LayoutAudit.kinds(of: sandbox.layout, after: 0).contains(.fork) == false)
  }
}

/// A layout with an owner, and the program run by one user or another.
final class OwnedLayout {
  private let sandbox: Sandbox
  /// The layout's path.
  var path: String { sandbox.layout }

  /// Whether this process may become anybody and mount.
  static let isPossible: Bool =
    Requirement.root.isMet && Requirement.setpriv.isMet
    && (try? ExternalCommand.run(["unshare", "-m", "true"]).status) == 0

  init(owner: UInt32, group: UInt32, hasHistory: Bool = true) throws {
    sandbox = try Sandbox()
    try hasHistory ? WritingCommand.managed(sandbox) : WritingCommand.foreign(sandbox)
    try shell(#"chown -R \#(owner):\#(group) "$1"; chmod 755 "$1"/../.. "$1"/.."#)
  }

  /// Runs a script; `$1` is the layout.
  func shell(_ script: String) throws {
    let outcome = try ExternalCommand.run(["sh", "-ec", script, "sh", path])
    guard outcome.status == 0 else { throw TestFailure("\(script): \(outcome)") }
  }

  /// The paths in the layout that find(1) gives for a condition.
  func paths(_ condition: String) throws -> [String] {
    let script = #"find "$1" \( \#(condition) \)"#
    return try ExternalCommand.run(["sh", "-ec", script, "sh", path]).standardOutput
      .split(separator: "\n").map(String.init)
  }

  /// Runs the program as a user, with the usual umask.
  func run(
    _ command: [String], as user: UInt32, primaryGroup: UInt32? = nil, _ group: UInt32? = nil
  ) throws -> ExternalCommand.Outcome {
    let groups = group.map { ["--groups", "\($0)"] } ?? ["--clear-groups"]
    let become = ["setpriv", "--reuid", "\(user)", "--regid", "\(primaryGroup ?? user)"] + groups
    return try ExternalCommand.run(
      ["sh", "-c", #"umask 022; exec "$@""#, "sh"] + become + program(command), timeout: 60)
  }

  /// Runs the program as root after a script has mounted something that nobody else sees; `$1` is
  /// the layout, and what follows it the command.
  func run(_ command: [String], in mounts: String) throws -> ExternalCommand.Outcome {
    try ExternalCommand.run(
      ["unshare", "-m", "sh", "-c", mounts, "sh", path] + program(command), timeout: 60)
  }

  private func program(_ command: [String]) -> [String] {
    [TraceRecorder.built("umoci-tx")] + sandbox.expanded(command)
  }
}

extension PermissionTests {
  @Test(arguments: ["EINVAL", "EOPNOTSUPP"])
  func `without an exchange every command renames`(code: String) throws {
    for command in ErrorMatrixTests.commands where command.name != "init" {
      let sandbox = try command.sandbox()
      try sandbox.succeed(command.arguments, input: command.input)
      let after = try LayoutAudit.tags(of: sandbox.layout)
      try sandbox.reset()
      let outcome = try sandbox.run(
        command.arguments, input: command.input, failing: "publish.exchange:\(code)")
      #expect(outcome.status == 0, "\(command.name): \(outcome)")
      #expect(try LayoutAudit.tags(of: sandbox.layout) == after, "\(command.name)")
      try sandbox.succeed(["recover", "--layout", "{L}"])
      let problems = try command.problems(of: sandbox.layout)
      #expect(problems == [], "\(command.name)")
    }
  }

  @Test(.enabled(if: OwnedLayout.isPossible, "needs root and setpriv"))
  func `a layout in the lower layer of an overlay is written like any other`() throws {
    let layout = try OwnedLayout(owner: 0, group: 0)
    let script = #"""
      l=$1; program=$2; d=$(dirname "$l"); set -e
      mount -t tmpfs none /mnt; mkdir /mnt/upper /mnt/work /mnt/merged
      mount -t overlay overlay -o lowerdir="$d",upperdir=/mnt/upper,workdir=/mnt/work /mnt/merged
      m=/mnt/merged/l
      "$program" tag --image $m:a x; "$program" new --image $m:y; "$program" rm --image $m:c
      "$program" undo --layout $m; "$program" recover --layout $m; "$program" ls --layout $m
      "$program" log --layout $m
      cp -a /mnt/merged/l "$d/copy"
      """#
    let outcome = try ExternalCommand.run(
      ["unshare", "-m", "sh", "-c", script, "sh", layout.path, TraceRecorder.built("umoci-tx")])
    #expect(outcome.status == 0, "\(outcome)")
    let copy = layout.path.dropLast() + "copy"
    let names = try LayoutAudit.tags(of: String(copy))?.map { $0.prefix { $0 != "=" } }
    #expect(names == ["a", "b", "c", "x", "y"], "\(outcome)")
    #expect(try LayoutAudit.problems(of: String(copy)) == [])
  }
}
