import TestSupport
import Testing

/// The model and the tool together, on programs whose behaviour is known.
@Suite struct PowerLossPeersTests {
  let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
  }

  private func sh(_ script: String) throws {
    let outcome = try ExternalCommand.run(["sh", "-ec", script], in: scratch.path)
    try #require(outcome.status == 0, "\(outcome.output)")
  }

  private func experiment() throws -> CrashExperiment {
    try CrashExperiment(scratch: scratch)
  }

  @Test(
    .enabled(if: Requirement.umoci.isMet && Requirement.skopeo.isMet, "umoci or skopeo is missing"))
  func `the traces of umoci and skopeo are complete`() throws {
    let script = """
      umoci init --layout root/l; umoci new --image root/l:a
      umoci unpack --rootless --image root/l:a root/b
      mkdir root/b/rootfs/etc; echo 1 >root/b/rootfs/etc/x; ln root/b/rootfs/etc/x root/b/rootfs/y
      umoci repack --image root/l:c root/b; umoci config --image root/l:c --config.user 5:5
      umoci gc --layout root/l; skopeo copy oci:root/l:c oci:root/m:x
      tar -C root/m -cf root/m.tar .; tar -C root/b -xf root/m.tar; umoci rm --image root/l:a
      """
    try sh("mkdir root")
    let model = try experiment().model(of: ["sh", "-ec", script])
    #expect(try model.finalTree.listing().count > 30)
    let states = try model.crashStates(limit: 60, seed: 3)
    #expect(!states.isExhaustive)
    #expect(states.states.count > 30)
  }

  @Test(
    .enabled(if: Requirement.umoci.isMet, "umoci is not installed"),
    arguments: PersistenceProfile.allCases)
  func `umoci tag loses an acknowledged tag in a power cut`(profile: PersistenceProfile) throws {
    try sh("umoci init --layout root; umoci new --image root:a")
    let model = try experiment().model(
      of: ["umoci", "tag", "--image", "root:a", "b"], profile: profile)
    let states = try model.crashStates()
    let acknowledged = states.states.filter(\.isAcknowledged)
    let lost = acknowledged.filter { !($0.tree.text(of: "index.json") ?? "").contains(#""b""#) }
    let empty = acknowledged.filter { $0.tree.text(of: "index.json") == "" }
    #expect(!lost.isEmpty)
    #expect(!empty.isEmpty)
    #expect(acknowledged.contains { $0.isComplete })
  }

  @Test(
    .enabled(if: Requirement.sqlite3.isMet, "sqlite3 is not installed"),
    arguments: PersistenceProfile.allCases)
  func `a commit of SQLite with a persistent journal survives every power cut`(
    profile: PersistenceProfile
  ) throws {
    let settings = "pragma journal_mode=persist; pragma synchronous=full;"
    try sh("mkdir root; sqlite3 root/x.db '\(settings) create table t(a); insert into t values(1)'")
    let insert = "\(settings) insert into t values(2)"
    let experiment = try experiment()
    let model = try experiment.model(of: ["sqlite3", "root/x.db", insert], profile: profile)
    let states = try model.crashStates(limit: 100, seed: 5)
    #expect(states.states.contains { $0.isAcknowledged })
    for state in states.states {
      try experiment.install(state)
      let allowed = state.isAcknowledged ? ["ok\n1,2\n"] : ["ok\n1\n", "ok\n1,2\n"]
      let answer = try answer()
      #expect(allowed.contains(answer), "\(state)")
    }
  }

  /// What SQLite makes of `root/x.db`.
  private func answer() throws -> String {
    let query = "pragma integrity_check; select group_concat(a) from t"
    return try ExternalCommand.run(["sqlite3", scratch("root/x.db"), query]).output
  }

  @Test(.enabled(if: Requirement.sqlite3.isMet, "sqlite3 is not installed"))
  func `a commit of SQLite survives a kill at every call`() throws {
    let settings = "pragma journal_mode=persist; pragma synchronous=full;"
    try sh("mkdir root; sqlite3 root/x.db '\(settings) create table t(a); insert into t values(1)'")
    let kills = try experiment().killEverywhere(
      in: ["sqlite3", "root/x.db", "\(settings) insert into t values(2)"]
    ) { point in
      let answer = try answer()
      #expect(["ok\n1\n", "ok\n1,2\n"].contains(answer), "\(point)")
    }
    #expect(kills > 45)
  }

  @Test(.enabled(if: Requirement.sqlite3.isMet, "sqlite3 is not installed"))
  func `a commit of SQLite without syncs does not`() throws {
    let settings = "pragma journal_mode=persist; pragma synchronous=off;"
    try sh("mkdir root; sqlite3 root/x.db '\(settings) create table t(a); insert into t values(1)'")
    let experiment = try experiment()
    let model = try experiment.model(of: [
      "sqlite3", "root/x.db", "\(settings) insert into t values(2)",
    ])
    let states = try model.crashStates(limit: 100, seed: 5).states.filter(\.isAcknowledged)
    var lost = 0
    for state in states {
      try experiment.install(state)
      if try answer() != "ok\n1,2\n" { lost += 1 }
    }
    #expect(lost > 0)
  }
}
