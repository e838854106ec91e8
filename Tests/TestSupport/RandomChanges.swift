/// Shell scripts that do odd things to a tree.
public enum RandomChanges {
  /// Some random steps; what is not possible is passed over.
  public static func script(
    steps count: Int, _ random: inout some RandomNumberGenerator
  ) -> String {
    (0..<count).map { _ in step(&random) }.joined(separator: "\n") + "\ntrue"
  }

  private static let names = ["a", "b", "c d", "é", "w\\nx", "b-1", "b.1"]

  private static func path(_ random: inout some RandomNumberGenerator) -> String {
    let depth = Int.random(in: 1...3, using: &random)
    let parts = (0..<depth).map { _ in names.randomElement(using: &random) ?? "a" }
    return "\"$(printf '\(parts.joined(separator: "/"))')\""
  }

  private static func step(_ random: inout some RandomNumberGenerator) -> String {
    let (one, two) = (path(&random), path(&random))
    let mode = ["700", "755", "4755"].randomElement(using: &random) ?? "700"
    let number = random.next() % 3
    let steps = [
      "mkdir -p \(one)", "mkdir -p \(one)", "echo \(random.next() % 100) > \(one)",
      "echo \(random.next() % 100) > \(one)", "rm -rf \(one)", "mv -T \(one) \(two)",
      "ln -T \(one) \(two)", "ln -sfn \(two) \(one)", "chmod \(mode) \(one)",
      "touch -h -d @\(number) \(one)", "setfattr -n user.k -v \(number) \(one)",
      "cp -a \(one) \(two)", "truncate -s 5 \(one)",
    ]
    return (steps.randomElement(using: &random) ?? "true") + " 2>/dev/null"
  }
}

extension RandomChanges {
  /// Everything about a tree that a layer keeps, a line for each fact: kinds, modes, owners, link
  /// counts, times in seconds, contents, link targets, attributes, and which names are one file.
  public static func facts(of path: String) throws -> [String] {
    let script = """
      cd "$0" && export LC_ALL=C && find . -printf '%P\\0' | sort -z | while IFS= read -r -d '' n; do
        stat -c '%N %A %a %u %g %Y' "./$n"
        [ -L "./$n" ] || [ -d "./$n" ] || stat -c '%h %s %t:%T' "./$n"
        [ -L "./$n" ] || [ ! -f "./$n" ] || sha256sum < "./$n"
      done
      getfattr -dhR -m- . 2>/dev/null
      find . ! -type d -links +1 -printf '%i %P\\n' | sort -k2 | awk '{
        if (!($1 in n)) n[$1] = ++c; $1 = n[$1]; print }'
      """
    let outcome = try ExternalCommand.run(["bash", "-c", script, path])
    guard outcome.status == 0 else { throw TestFailure("\(outcome)") }
    return outcome.standardOutput.split(separator: "\n").map(String.init)
  }
}
