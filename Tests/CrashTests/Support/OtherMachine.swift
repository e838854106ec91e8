import TestSupport

/// What runs a program as if on another machine of the same host's name: machine-id(5) and the boot id are others.
enum OtherMachine {
  /// The words before the program; the mounts are in a namespace of their own.
  static func number(_ number: Int) -> [String] {
    ["unshare", "-m", "bash", "-ec", script, "\(number)"]
  }

  private static let script = #"""
    mount -t tmpfs -o size=64k none /mnt
    printf '%032d\n' "$0" >/mnt/id
    for file in /etc/machine-id /proc/sys/kernel/random/boot_id; do
      [ ! -e $file ] || mount --bind /mnt/id $file
    done
    exec "$@"
    """#
}

extension WritingCommand {
  /// A layout with a history that another machine has written.
  @Sendable static func writtenElsewhere(_ sandbox: Sandbox) throws {
    try foreign(sandbox)
    let outcome = try sandbox.run(
      ["tag", "--image", "{L}:a", "c"], under: OtherMachine.number(1))
    guard outcome.status == 0 else { throw TestFailure("\(outcome)") }
  }

  /// Only where this user may mount, for there is no other machine elsewhere.
  static let takeOvers =
    Sandbox.mayMount
    ? [
      WritingCommand(
        "take over", kind: "take-over", recover + ["--take-over"], writtenElsewhere)
    ] : []
}
