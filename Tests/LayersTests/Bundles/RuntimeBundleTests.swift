import Glibc
import Layers
import Store
import Testing

@Suite(.serialized) struct RuntimeBundleTests {
  private static let manifest = Digest.sha256(of: [])
  private static var mtree: String { BundleMetadata.mtreeFileName(for: manifest) }

  private static func metadata() throws -> BundleMetadata {
    try BundleMetadata(
      descriptorWalk: [Descriptor(mediaType: .imageManifest, digest: manifest, size: 0)],
      mapping: .identity)
  }

  /// Makes a bundle whose root file system is hard to remove.
  static func makeBundle(at path: String) throws {
    try RuntimeBundle.make(at: path) { bundle in
      _ = try bundle.makeRootfs()
      let rootfs = bundle.stagedRootfsPath
      for index in 0..<5 {
        mkdir("\(rootfs)/d\(index)", 0o755)
        mkdir("\(rootfs)/d\(index)/.removed-\(index)", 0o755)
        mkdir("\(rootfs)/d\(index)/.removed-\(index)/x\ny", 0o000)
      }
      let image = try ImageConfig(
        parsing: Array(#"{"os":"linux","architecture":"amd64","config":{}}"#.utf8), named: "")
      try bundle.write(
        RuntimeConfig(
          RuntimeConfig.Inputs(
            image: image, user: .root, rootfsPath: rootfs, mapping: .identity, resolver: nil)))
      try bundle.writeMtree(for: manifest) { file in
        var writer = MtreeWriter(header: MtreeHeader(tree: bundle.path))
        try writer.write(rootfs: rootfs) { try file.write($0) }
      }
      return try metadata()
    }
  }

  private func names(_ path: String) throws -> [String] {
    try OpenDirectory.open(path).entryNames()
  }

  private var whole: [String] { ["config.json", "rootfs", Self.mtree, "umoci.json"] }

  @Test(arguments: ["b", "b/", "new/er/b", "./b", "b//"])
  func `a bundle appears where nothing was`(path: String) throws {
    let folder = try TemporaryFolder()
    try Self.makeBundle(at: folder(path))
    #expect(try names(folder(path)) == whole)
    #expect(try OpenDirectory.open(folder(path)).status().permissions == 0o700)
    #expect(try names(folder.path).count == 1)
  }

  @Test func `a bundle fills a folder that is there`() throws {
    let folder = try TemporaryFolder()
    try run(
      "sh", "-c",
      "mkdir \(folder("b")) && echo keep > \(folder("b/other")) "
        + "&& echo stale > \(folder("b/umoci.json")) && ln -s b \(folder("link"))")
    try Self.makeBundle(at: folder("link"))
    #expect(try Set(names(folder("b"))) == Set(whole + ["other"]))
    #expect(try BundleMetadata.read(bundle: folder("b")).manifestDigest == Self.manifest)
    #expect(try OpenDirectory.open(folder("b")).status().permissions == 0o700)
  }

  @Test(arguments: ["rootfs", "config.json", mtree])
  func `what stands in the way is refused untouched`(name: String) throws {
    let folder = try TemporaryFolder()
    try run("mkdir", "-p", folder("b/\(name)/inner"))
    try run("chmod", "0751", folder("b"))
    let before = try run("sh", "-c", "cd \(folder("b")) && find . -printf '%p %m %T@\\n' | sort")
    let error = #expect(throws: BundleError.self) { try Self.makeBundle(at: folder("b")) }
    #expect(error?.description == "\(folder("b/\(name)")) exists already")
    #expect(error?.category == .exists)
    let after = try run("sh", "-c", "cd \(folder("b")) && find . -printf '%p %m %T@\\n' | sort")
    #expect(withoutTop(after) == withoutTop(before))
  }

  /// All but the folder itself, whose time changes when something comes and goes in it.
  private func withoutTop(_ listing: String) -> [Substring] {
    listing.split(separator: "\n").filter { !$0.hasPrefix(". ") }
  }

  @Test func `a path that is a file, or a link to nowhere, is refused`() throws {
    let folder = try TemporaryFolder()
    try folder.write("", to: "file")
    try run("ln", "-s", "nowhere", folder("link"))
    for path in ["file", "file/b", "link"] {
      #expect(throws: BundleError.self) { try Self.makeBundle(at: folder(path)) }
    }
    #expect(throws: SyscallError.self) { try Self.makeBundle(at: folder("missing/..")) }
    #expect(throws: SyscallError.self) { try Self.makeBundle(at: "") }
    #expect(try names(folder.path) == ["file", "link"])
  }

  @Test(arguments: ["b", "new/er/b", "there"])
  func `a failure leaves everything as it was`(path: String) throws {
    let folder = try TemporaryFolder()
    try run("mkdir", folder("there"))
    #expect(throws: TestFailure.self) {
      try RuntimeBundle.make(at: folder(path)) { bundle in
        _ = try bundle.makeRootfs()
        try run("mkdir", "-p", bundle.stagedRootfsPath + "/a/b/c")
        throw TestFailure("on purpose")
      }
    }
    #expect(try names(folder.path) == ["there"])
    #expect(try names(folder("there")) == [])
  }

  @Test(arguments: ["b", "there"])
  func `two processes do not fill the same bundle`(path: String) throws {
    let folder = try TemporaryFolder()
    try run("mkdir", folder("there"))
    try RuntimeBundle.make(at: folder(path)) { _ in
      let error = #expect(throws: BundleError.self) { try Self.makeBundle(at: folder(path)) }
      #expect(error?.category == .busy)
      return try Self.metadata()
    }
    #expect(try names(folder(path)) == ["umoci.json"])
  }

  @Test func `a bundle that another made meanwhile is not replaced`() throws {
    let folder = try TemporaryFolder()
    #expect(throws: BundleError.self) {
      try RuntimeBundle.make(at: folder("b")) { _ in
        try run("mkdir", folder("b"))
        return try Self.metadata()
      }
    }
    #expect(try names(folder.path) == ["b"])
    #expect(try names(folder("b")) == [])
  }

  @Test func `a very long name is no hindrance`() throws {
    let folder = try TemporaryFolder()
    try Self.makeBundle(at: folder(String(repeating: "n", count: 255)))
    #expect(try names(folder.path).count == 1)
  }

  @Test(arguments: ["b", "there"])
  func `every system call may fail, and nothing looks whole that is not`(path: String) async {
    // In a process of its own: a plan counts the calls of all tests.
    await #expect(processExitsWith: .success) { [path] in
      var number = 0
      while true {
        number += 1
        let folder = try TemporaryFolder()
        try run("mkdir", folder("there"))
        let isPlanned = FailPlan.install(
          plan: "\(number):EIO", log: folder("log"), markers: false)
        try #require(isPlanned)
        let outcome = Result { try Self.makeBundle(at: folder(path)) }
        _ = FailPlan.install(plan: nil, log: nil, markers: false)
        let calls = try folder.read("log").filter { $0 == 0x0a }.count
        if calls < number { break }
        let isWhole = try Self.looksWhole(folder(path))
        if case .success = outcome {
          // Only tidying up afterwards may fail without a word.
          #expect(isWhole, "call \(number)")
        } else {
          #expect(!isWhole, "call \(number)")
          try Self.checkRerun(folder(path), "call \(number)")
        }
      }
      try #require(number >= 9)
    }
  }

  @Test(arguments: ["b", "there"])
  func `killed at any call, nothing looks whole that is not, and a rerun works`(
    path: String
  ) async throws {
    let counted = try TemporaryFolder()
    try await Self.runAndDie("", counted.path, path, expecting: .success)
    let calls = try counted.read("log").split(separator: 0x0a).map {
      String(decoding: $0, as: UTF8.self)
    }
    try #require(calls.count >= 9)
    let reveal = try #require(calls.firstIndex { $0.contains(" bundle.reveal ") })
    for (index, call) in calls.enumerated() {
      let folder = try TemporaryFolder()
      try await Self.runAndDie(
        "\(index + 1):before", folder.path, path, expecting: .signal(SIGKILL))
      if index <= reveal {
        #expect(try !Self.looksWhole(folder(path)), "\(call)")
        try Self.checkRerun(folder(path), "\(call)")
      } else {
        #expect(try Self.looksWhole(folder(path)), "\(call)")
      }
    }
  }

  private static func runAndDie(
    _ plan: String, _ folder: String, _ path: String, expecting condition: ExitTest.Condition
  ) async throws {
    try run("mkdir", folder + "/there")
    await #expect(processExitsWith: condition) { [plan, folder, path] in
      let isPlanned = FailPlan.install(
        plan: plan.isEmpty ? nil : plan, log: folder + "/log", markers: false)
      try #require(isPlanned)
      try Self.makeBundle(at: folder + "/" + path)
    }
  }

  private static func looksWhole(_ path: String) throws -> Bool {
    guard let names = try? OpenDirectory.open(path).entryNames(), names.contains("umoci.json")
    else {
      return false
    }
    #expect(Set(names).isSuperset(of: ["config.json", "rootfs", mtree]))
    return true
  }

  /// A second attempt succeeds, and nothing of the first is left.
  private static func checkRerun(_ path: String, _ comment: Comment) throws {
    try makeBundle(at: path)
    let names = try OpenDirectory.open(path).entryNames()
    #expect(names == ["config.json", "rootfs", mtree, "umoci.json"], comment)
    let siblings = try OpenDirectory.open(path + "/..").entryNames().filter { $0.hasPrefix(".") }
    #expect(siblings == [], comment)
  }
}
