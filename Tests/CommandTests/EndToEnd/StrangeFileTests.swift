import Glibc
import Store
import TestSupport
import Testing

/// Something else in the place of one of our files or folders: somebody else has put it there.
@Suite struct StrangeFileTests {
  /// What may be there: by the word in the message.
  static let kinds = ["a fifo", "a socket", "a folder", "a symbolic link"]
  /// The most seconds that a command may take: a blocked one would take for ever.
  static let timeLimit = 30

  static let writing = [
    ["tag", "--image", "L:a", "x"], ["gc", "--layout", "L"], ["recover", "--layout", "L"],
    ["undo", "--layout", "L"],
  ]
  static let reading = [
    ["log", "--layout", "L"], ["status", "--layout", "L"], ["gc", "--dry-run", "--layout", "L"],
  ]

  /// Puts something else in the place of a file or folder, below the layout.
  private func put(_ kind: String, at name: String, in shop: Workshop) throws {
    let path = shop.layout + "/" + name
    try shop.expectSuccess(of: ["rm", "-rf", path])
    switch kind {
    case "a fifo": try #require(mkfifo(path, 0o600) == 0)
    case "a socket": try bindSocket(name, in: shop)
    case "a symbolic link": try Files.link(path, to: "nowhere")
    default: try Files.makeDirectory(path + "/inner")
    }
  }

  private func bindSocket(_ name: String, in shop: Workshop) throws {
    // The name of a socket is short: it is made elsewhere, and moved.
    let short = "/tmp/s\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: short.utf8) }
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
    }
    try #require(bound == 0)
    try shop.expectSuccess(of: ["mv", short, shop.layout + "/" + name])
  }

  private func madeShop() throws -> Workshop {
    let shop = try Workshop()
    try shop.succeed(["tag", "--image", "L:a", "c"])
    return shop
  }

  /// Expects one error that names the thing, and no change.
  private func expectRefusal(
    of commands: [[String]], _ kind: String, at name: String, in shop: Workshop
  ) throws {
    let before = try shop.listing()
    for command in commands {
      let outcome = try shop.run(command, timeout: Self.timeLimit)
      let errors = outcome.standardError.split(separator: "\n").filter { $0.hasPrefix("error: ") }
      #expect(outcome.status == 76, "\(command): \(outcome)")
      #expect(errors.count == 1, "\(command): \(outcome)")
      let message = errors.first ?? ""
      #expect(message.contains("\(name) is \(kind), not a "), "\(command): \(outcome)")
      #expect(outcome.standardError.contains("hint: umoci-tx did not put it there"))
    }
    #expect(try shop.listing() == before)
  }

  @Test(arguments: ["journal.db", "journal.db-journal"], kinds)
  func `the database is refused to writers, and readers read the records`(
    name: String, kind: String
  ) throws {
    let shop = try madeShop()
    let path = ".ocitx/" + name
    try put(kind, at: path, in: shop)
    try expectRefusal(of: Self.writing, kind, at: path, in: shop)
    let before = try shop.listing()
    for command in Self.reading {
      let outcome = try shop.run(command, timeout: Self.timeLimit)
      #expect(outcome.status == 0, "\(command): \(outcome)")
    }
    let status = try shop.succeed(["status", "--layout", "L"])
    #expect(status.contains("read from the records, since "))
    let verified = try shop.run(["verify", "--layout", "L"], timeout: Self.timeLimit)
    #expect(verified.status == 65 && verified.standardOutput.contains("is \(kind)"), "\(verified)")
    #expect(try shop.listing() == before)
  }

  @Test(arguments: kinds)
  func `the lock is refused to writers until recover, and readers need none`(kind: String) throws {
    let shop = try madeShop()
    try put(kind, at: ".ocitx/lock", in: shop)
    let writing = Self.writing.filter { $0[0] != "recover" }
    try expectRefusal(of: writing, kind, at: ".ocitx/lock", in: shop)
    for command in Self.reading + [["recover", "--layout", "L"]] + writing {
      #expect(try shop.run(command, timeout: Self.timeLimit).status == 0, "\(command)")
    }
  }

  @Test(
    arguments: [".ocitx/format", ".ocitx/ops", ".ocitx/live", ".ocitx/trash"],
    ["a fifo", "a symbolic link"])
  func `the rest of the journal's frame is refused to everybody`(name: String, kind: String) throws
  {
    let shop = try madeShop()
    try put(kind, at: name, in: shop)
    try expectRefusal(of: Self.writing + Self.reading, kind, at: name, in: shop)
    let verified = try shop.run(["verify", "--layout", "L"], timeout: Self.timeLimit)
    #expect(verified.status == 65 && verified.standardOutput.contains("is \(kind)"), "\(verified)")
    #expect(try shop.run(["ls", "--layout", "L"], timeout: Self.timeLimit).status == 0)
  }

  @Test(arguments: ["a fifo", "a socket", "a symbolic link"])
  func `the journal's folder itself is refused`(kind: String) throws {
    let shop = try madeShop()
    try put(kind, at: ".ocitx", in: shop)
    try expectRefusal(of: Self.writing + Self.reading, kind, at: ".ocitx", in: shop)
  }

  @Test(arguments: kinds)
  func `among the liveness locks it is put aside by the next writer`(kind: String) throws {
    for (name, command) in zip(["kkkkkkkkllllllll", "f", "kkkkkkkkllllllll", "f"], Self.writing) {
      let shop = try madeShop()
      try put(kind, at: ".ocitx/live/" + name, in: shop)
      for command in Self.reading {
        #expect(try shop.run(command, timeout: Self.timeLimit).status == 0, "\(command)")
      }
      let verified = try shop.run(["verify", "--layout", "L"], timeout: Self.timeLimit)
      #expect(verified.status == 0, "\(verified)")
      let note = "note: unknown-file: .ocitx/live/\(name): it is \(kind)"
      #expect(verified.standardOutput.contains(note), "\(verified)")
      let outcome = try shop.run(command, timeout: Self.timeLimit)
      #expect(outcome.status == 0, "\(command): \(outcome)")
      let told = outcome.standardOutput + outcome.standardError
      let done = "live/\(name) was \(kind); it is now displaced/unused-live"
      #expect(told.contains(done), "\(told)")
      #expect(try Files.names(in: layoutPart("live", of: shop)).isEmpty)
      #expect(try Files.names(in: layoutPart("displaced", of: shop)).contains("unused-live"))
    }
  }

  @Test(.enabled(if: Requirement.root.isMet, "needs to run as root"))
  func `what cannot be moved from among the liveness locks stops nobody`() throws {
    let shop = try madeShop()
    try put("a folder", at: ".ocitx/live/kkkkkkkkllllllll", in: shop)
    let program = TraceRecorder.built("umoci-tx")
    let script = #"""
      mount -t tmpfs none L/.ocitx/live/kkkkkkkkllllllll
      "$0" tag --image L:a x; "$0" recover --layout L
      """#
    let outcome = try ExternalCommand.run(
      ["unshare", "-m", "sh", "-e", "-c", script, program], in: shop.folder.path)
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.standardError.contains("could not put aside a folder in the place of a live"))
    #expect(try shop.tags()["x"] != nil)
  }

  private func layoutPart(_ name: String, of shop: Workshop) -> String {
    shop.layout + "/.ocitx/" + name
  }

  /// What stands in the place of a part of the layout itself, with a script that puts it there.
  static let parts = [
    ("oci-layout", "mkdir -p L/oci-layout/x", "a folder"), ("blobs", "echo > L/blobs", "a file"),
    ("blobs", "ln -s nowhere L/blobs", "a symbolic link"),
    ("blobs", "ln -s blobs L/blobs", "a symbolic link"),
    ("blobs/sha256", "echo > L/blobs/sha256", "a file"),
    ("blobs/sha256", "mkfifo L/blobs/sha256", "a fifo"),
  ]

  @Test(arguments: parts, ["recover", "verify --repair"])
  func `in the place of a part of the layout it is put aside, and the part is made again`(
    part: (name: String, script: String, kind: String), repair: String
  ) throws {
    let shop = try madeShop()
    let tags = try shop.tags()
    let outcome = try ExternalCommand.run(
      ["sh", "-e", "-c", "rm -r L/\(part.name); " + part.script], in: shop.folder.path)
    #expect(outcome.status == 0, "\(outcome)")
    for command in Self.writing where command[0] != "recover" {
      let refused = try shop.run(command, timeout: Self.timeLimit)
      #expect(refused.status == 65, "\(refused)")
      #expect(refused.standardError.contains("`umoci-tx recover --layout L`"), "\(refused)")
    }
    let words = repair.split(separator: " ").map(String.init) + ["--layout", "L"]
    let mended = try shop.run(words, timeout: Self.timeLimit)
    #expect(mended.status == 0, "\(mended)")
    let aside = "unused-" + part.name.replacing("/", with: "-")
    let told = mended.standardOutput + mended.standardError
    let done = "\(part.name) was \(part.kind); it is now .ocitx/displaced/\(aside)"
    #expect(told.contains(done), "\(told)")
    #expect(try Files.names(in: layoutPart("displaced", of: shop)).contains(aside))
    #expect(try shop.tags() == tags)
    try shop.succeed(["verify", "--layout", "L"])
    try shop.succeed(["undo", "--layout", "L"])
  }

  @Test func `a folder in the place of a blob is put aside by a repair`() throws {
    let shop = try madeShop()
    for digest in try shop.tags().values {
      let path = shop.layout + "/blobs/sha256/" + digest.encoded
      try Files.remove(path)
      try Files.makeDirectory(path + "/inner")
    }
    let digest = try #require(try shop.tags()["a"]).encoded
    let planned = try shop.run(["verify", "--repair", "--dry-run", "--layout", "L"])
    #expect(planned.standardOutput.contains("would restore sha256:\(digest) from "), "\(planned)")
    let mended = try shop.run(["verify", "--repair", "--layout", "L"])
    #expect(mended.status == 0, "\(mended)")
    let told = mended.standardOutput + mended.standardError
    let done = "blobs/sha256/\(digest) was a folder; it is now .ocitx/displaced/unused-"
    #expect(told.contains(done), "\(told)")
    #expect(Files.exists(shop.layout + "/.ocitx/displaced/unused-\(digest)/inner"))
    try shop.succeed(["verify", "--layout", "L"])
  }

  @Test(arguments: kinds)
  func `a record's place is taken back by recover`(kind: String) throws {
    let shop = try madeShop()
    let record = try #require(
      Files.names(in: shop.layout + "/.ocitx/ops").first { $0.hasPrefix("000000000002-") })
    let bytes = try Files.read(shop.layout + "/.ocitx/ops/" + record)
    try put(kind, at: ".ocitx/ops/" + record, in: shop)
    let verified = try shop.run(["verify", "--layout", "L"], timeout: Self.timeLimit)
    #expect(verified.status == 65 && verified.standardOutput.contains("record-file-"))
    let recovered = try shop.run(["recover", "--layout", "L"], timeout: Self.timeLimit)
    #expect(recovered.status == 0, "\(recovered)")
    #expect(
      (recovered.standardOutput + recovered.standardError).contains("ops/\(record) was \(kind)"))
    #expect(try Files.read(shop.layout + "/.ocitx/ops/" + record) == bytes)
    try shop.succeed(["audit", "verify", "--layout", "L"])
  }
}
