import TestSupport
import Testing

/// A bundle on a file system whose server does not answer keeps nobody from the layout.
@Suite struct HungMountTests {
  private static let isSilent = "does not answer"

  /// Runs a script; `$program` is the program, `$L` the layout.
  private func shell(_ script: String, _ sandbox: Sandbox) throws -> ExternalCommand.Outcome {
    try ExternalCommand.run(
      ["bash", "-euc", script], in: sandbox.root,
      environment: ["program": TraceRecorder.built("umoci-tx"), "L": sandbox.layout])
  }

  @Test(
    .enabled(if: HungMount.isPossible, "needs bindfs, and the right to mount"),
    arguments: InterruptedRefresh.deaths)
  func `a refresh that waits on a hung mount holds nobody up`(death: String) throws {
    var made: HungMount?
    let refresh = try InterruptedRefresh(at: death) {
      made = try HungMount(at: $0.bundle, showing: $0.folder("shown"))
    }
    let mount = try #require(made)
    try mount.hang()
    // The second one comes while the first looks at the bundle.
    let both = try shell(
      #"""
      "$program" tag --image "$L:a" one & first=$!
      until "$program" ls --layout "$L" | grep -qx one; do :; done
      "$program" new --lock-timeout 2 --image "$L:two" 2>two & second=$!
      wait $first; wait $second; cat two >&2
      """#, refresh.sandbox)
    #expect(both.status == 0, "\(both)")
    #expect(both.standardError.split(separator: "\n").count { $0.contains(Self.isSilent) } == 2)
    for words in [["gc"], ["recover"], ["leases"], ["status"], ["verify"], ["audit", "verify"]] {
      let outcome = try refresh.sandbox.run(words + ["--layout", "{L}"])
      #expect(outcome.status == 0, "\(words): \(outcome)")
    }
    #expect(try refresh.layoutProblems() == [])
    mount.goOn()
    #expect(try !refresh.recover().contains(Self.isSilent))
    #expect(try refresh.finishedProblems() == [])
    #expect(try refresh.repackProblems(refresh.bundle) == [])
  }
}
