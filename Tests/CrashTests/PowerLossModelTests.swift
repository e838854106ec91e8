import TestSupport
import Testing

/// The model on hand-made traces whose possible outcomes are known.
@Suite struct PowerLossModelTests {
  private static let new: [UInt8] = Array("new index".utf8)

  /// A folder with `index` = "old", and `stage/`.
  private func before() throws -> DiskTree {
    let setup: [TraceEvent.Action] = [
      .create("index"), .write("index", offset: 0, Array("old".utf8)), .makeFolder("stage"),
      .makeFolder("keep"),
    ]
    return try DiskModel(before: DiskTree(), trace: SyscallTrace(setup)).finalTree
  }

  /// The distinct contents of `path` over all states; nil stands for "no such file".
  private func contents(
    of path: String, after actions: [TraceEvent.Action], acknowledged: Bool = false,
    profile: PersistenceProfile = .anyOrder
  ) throws -> Set<String?> {
    let model = try DiskModel(
      before: try before(), trace: SyscallTrace(actions + [.end(status: 0)]), profile: profile)
    let states = try model.crashStates(limit: 10_000)
    #expect(states.isExhaustive)
    let relevant = states.states.filter { $0.isAcknowledged || !acknowledged }
    return Set(relevant.map { $0.tree.text(of: path) })
  }

  private func replacement(syncFile: Bool, syncFolder: Bool) -> [TraceEvent.Action] {
    [.create("temporary"), .write("temporary", offset: 0, Self.new)]
      + (syncFile ? [.sync("temporary")] : [])
      + [.rename(from: "temporary", to: "index")]
      + (syncFolder ? [.sync(".")] : [])
  }

  @Test(arguments: PersistenceProfile.allCases)
  func `a rename without fsync of the file may leave it empty or torn`(
    profile: PersistenceProfile
  ) throws {
    let seen = try contents(
      of: "index", after: replacement(syncFile: false, syncFolder: true), acknowledged: true,
      profile: profile)
    #expect(seen.isSuperset(of: ["", "new ", "new index"]))
    #expect(!seen.contains("old"))
  }

  @Test(arguments: PersistenceProfile.allCases)
  func `a rename with fsync of file and folder is old or new, and new once acknowledged`(
    profile: PersistenceProfile
  ) throws {
    let actions = replacement(syncFile: true, syncFolder: true)
    #expect(try contents(of: "index", after: actions, profile: profile) == ["old", "new index"])
    let acknowledged = try contents(
      of: "index", after: actions, acknowledged: true, profile: profile)
    #expect(acknowledged == ["new index"])
  }

  @Test(arguments: PersistenceProfile.allCases)
  func `a rename without fsync of the folder may be lost after exit 0`(
    profile: PersistenceProfile
  ) throws {
    let seen = try contents(
      of: "index", after: replacement(syncFile: true, syncFolder: false), acknowledged: true,
      profile: profile)
    #expect(seen == ["old", "new index"])
  }

  @Test func `of an exchange across folders one half may arrive, and each with its folder`() throws
  {
    let swap: [TraceEvent.Action] = [
      .create("stage/index"), .write("stage/index", offset: 0, Self.new), .sync("stage/index"),
      .sync("stage"), .exchange("stage/index", "index"),
    ]
    func pairs(
      _ actions: [TraceEvent.Action], _ profile: PersistenceProfile = .anyOrder
    ) throws -> Set<[String?]> {
      let model = try DiskModel(
        before: try before(), trace: SyscallTrace(actions + [.end(status: 0)]), profile: profile)
      let states = try model.crashStates(limit: 10_000).states.filter(\.isAcknowledged)
      return Set(states.map { [$0.tree.text(of: "stage/index"), $0.tree.text(of: "index")] })
    }
    let (new, old) = ("new index", "old")
    #expect(try pairs(swap) == [[new, old], [old, new], [old, old], [new, new]])
    #expect(try pairs(swap + [.sync(".")]) == [[old, new], [new, new]])
    #expect(try pairs(swap + [.sync("stage")]) == [[old, old], [old, new]])
    for profile in [PersistenceProfile.folderOrdered, .journaled] {
      #expect(try pairs(swap, profile) == [[new, old], [old, new]])
    }
  }

  @Test func `fsync of a new file saves its name on a journal only`() throws {
    let actions: [TraceEvent.Action] = [.create("a"), .sync("a")]
    #expect(try contents(of: "a", after: actions, acknowledged: true) == ["", nil])
    #expect(
      try contents(of: "a", after: actions, acknowledged: true, profile: .journaled) == [""])
  }

  @Test func `names may come in any order across folders, but not on a journal`() throws {
    let actions: [TraceEvent.Action] = [
      .create("stage/first"), .create("keep/second"),
    ]
    func secondWithoutFirst(_ profile: PersistenceProfile) throws -> Bool {
      let model = try DiskModel(
        before: try before(), trace: SyscallTrace(actions), profile: profile)
      return try model.crashStates().states.contains {
        $0.tree.text(of: "stage/first") == nil && $0.tree.text(of: "keep/second") != nil
      }
    }
    #expect(try secondWithoutFirst(.anyOrder))
    #expect(try secondWithoutFirst(.folderOrdered))
    #expect(try !secondWithoutFirst(.journaled))
  }

  @Test func `names come in order within a folder unless anything goes`() throws {
    let actions: [TraceEvent.Action] = [.create("first"), .create("second")]
    func secondWithoutFirst(_ profile: PersistenceProfile) throws -> Bool {
      let model = try DiskModel(
        before: try before(), trace: SyscallTrace(actions), profile: profile)
      return try model.crashStates().states.contains {
        $0.tree.text(of: "first") == nil && $0.tree.text(of: "second") != nil
      }
    }
    #expect(try secondWithoutFirst(.anyOrder))
    #expect(try !secondWithoutFirst(.folderOrdered))
  }

  @Test func `what follows a lost exchange is lost too`() throws {
    let actions: [TraceEvent.Action] = [
      .create("stage/index"), .write("stage/index", offset: 0, Self.new), .sync("stage/index"),
      .sync("stage"), .exchange("stage/index", "index"),
      .rename(from: "stage/index", to: "keep/index"), .unlink("keep/index"),
    ]
    let model = try DiskModel(
      before: try before(), trace: SyscallTrace(actions), profile: .folderOrdered)
    for state in try model.crashStates().states {
      let index = try #require(state.tree.text(of: "index"))
      #expect(["old", "new index"].contains(index))
      if index == "old", state.tree.text(of: "stage/index") != nil {
        #expect(state.tree.text(of: "keep/index") == nil, "\(state)")
      }
    }
  }

  @Test func `a rename across folders may leave both names, never none`() throws {
    let actions: [TraceEvent.Action] = [.rename(from: "index", to: "keep/index"), .sync("keep")]
    let model = try DiskModel(
      before: try before(), trace: SyscallTrace(actions + [.end(status: 0)]))
    let states = try model.crashStates().states
    for state in states {
      #expect(state.tree.text(of: "index") ?? state.tree.text(of: "keep/index") == "old")
      if state.isAcknowledged { #expect(state.tree.text(of: "keep/index") == "old") }
    }
    #expect(states.contains { $0.isAcknowledged && $0.tree.text(of: "index") == "old" })
  }

  @Test func `unsynced writes to one file are lost one by one`() throws {
    let actions: [TraceEvent.Action] = [
      .write("index", offset: 0, Array("A".utf8)), .write("index", offset: 2, Array("B".utf8)),
    ]
    #expect(try contents(of: "index", after: actions) == ["old", "Ald", "olB", "AlB"])
  }

  @Test func `a file that grew may have zeros where the bytes should be`() throws {
    let actions: [TraceEvent.Action] = [
      .write("index", offset: 3, Array("er".utf8))
    ]
    let zeros = "\0\0"
    #expect(
      try contents(of: "index", after: actions)
        == ["old", "olde", "old\0r", "old" + zeros, "older"])
  }

  @Test func `permission bits need fsync, not fdatasync`() throws {
    func modes(_ sync: TraceEvent.Action) throws -> Set<UInt32?> {
      let model = try DiskModel(
        before: try before(),
        trace: SyscallTrace([.setMode("index", 0o600), sync, .end(status: 0)]))
      let states = try model.crashStates().states.filter(\.isAcknowledged)
      return Set(states.map { $0.tree.mode(of: "index") })
    }
    #expect(try modes(.sync("index")) == [0o600])
    #expect(try modes(.syncData("index")) == [0o600, 0o644])
  }

  @Test func `a folder goes only when all that was in it is elsewhere or gone`() throws {
    let actions: [TraceEvent.Action] = [
      .create("stage/a"), .sync("stage"), .sync("."),
      .rename(from: "stage/a", to: "keep/a"), .removeFolder("stage"),
    ]
    let model = try DiskModel(before: try before(), trace: SyscallTrace(actions))
    let late = try model.crashStates().states.filter { $0.description.contains("after #5") }
    #expect(!late.isEmpty)
    for state in late {
      #expect(state.tree.text(of: "stage/a") ?? state.tree.text(of: "keep/a") != nil, "\(state)")
    }
  }

  @Test func `all that was not synced before the cut may be lost, torn or kept`() throws {
    let actions: [TraceEvent.Action] = [
      .write("index", offset: 0, Array("NEW?".utf8)), .sync("keep"), .sync("index"),
    ]
    #expect(
      try contents(of: "index", after: actions)
        == ["old", "NEd", "olW?", "old\0", "NEW?"])
    #expect(try contents(of: "index", after: actions, acknowledged: true) == ["NEW?"])
  }

  @Test(arguments: [(0, true), (1, false), (137, false)])
  func `only exit status 0 acknowledges`(status: Int, isAcknowledged: Bool) throws {
    let trace = SyscallTrace([.create("a"), .end(status: status)])
    let states = try DiskModel(before: try before(), trace: trace).crashStates().states
    #expect(states.contains(where: \.isAcknowledged) == isAcknowledged)
  }

  @Test func `too many states are sampled by seed, the plain ones always among them`() throws {
    let actions = (0..<40).map { TraceEvent.Action.create(TraceEvent.File("f\($0)")) }
    let model = try DiskModel(before: try before(), trace: SyscallTrace(actions))
    let one = try model.crashStates(limit: 100, seed: 7)
    let again = try model.crashStates(limit: 100, seed: 7)
    let other = try model.crashStates(limit: 100, seed: 8)
    #expect(!one.isExhaustive)
    #expect(one.states.count <= 100 && one.states.count > 50)
    #expect(one.states.map(\.description) == again.states.map(\.description))
    #expect(one.states.map(\.description) != other.states.map(\.description))
    #expect(one.states.contains { $0.isComplete })
  }

  @Test func `a trace that does not fit the folder is refused`() throws {
    #expect(throws: TestFailure.self) {
      try DiskModel(before: DiskTree(), trace: SyscallTrace([.rename(from: "a", to: "b")]))
    }
  }
}
