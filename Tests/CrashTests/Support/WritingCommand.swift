import Store
import TestSupport
import Testing

/// A command that changes a layout, and the layout that it finds.
struct WritingCommand: Sendable, CustomTestStringConvertible {
  /// A name for messages.
  let name: String
  /// The kind of its record; nil for one that has none of its own.
  let kind: String?
  /// The arguments; `{L}` is the layout.
  let arguments: [String]
  /// What it reads from its standard input.
  let input: String
  /// Whether index.json, or what it refers to, may be broken when it begins.
  let mendsIndex: Bool
  /// The folders, below the layout, in which it moves files: their names belong to its state.
  let watched: [String]
  /// The command that puts the layout in order after it has died.
  let recovery: [String]
  /// The digests of blobs that are lost for good when it begins.
  let lost: [Digest]
  /// Makes the layout that it finds.
  let prepare: @Sendable (Sandbox) throws -> Void

  init(
    _ name: String, kind: String?, _ arguments: [String], input: String = "",
    mendsIndex: Bool = false, watching watched: [String] = [], recovery: [String] = Self.recover,
    lost: [Digest] = [], _ prepare: @escaping @Sendable (Sandbox) throws -> Void
  ) {
    self.name = name
    self.kind = kind
    self.arguments = arguments
    self.input = input
    self.mendsIndex = mendsIndex
    self.watched = watched
    self.recovery = recovery
    self.lost = lost
    self.prepare = prepare
  }

  var testDescription: String { name }

  /// A sandbox in which the command can run, remembered.
  func sandbox() throws -> Sandbox {
    let sandbox = try Sandbox()
    try prepare(sandbox)
    try sandbox.remember()
    return sandbox
  }
}

extension WritingCommand {
  /// What may be seen of a layout before and after it: its tags and settings, and the files that it moves;
  /// nil when there is no layout.
  func state(of layout: String) throws -> [String]? {
    guard let values = try LayoutAudit.values(of: layout) else { return nil }
    return values + (try watched.flatMap { try Self.files(in: layout + "/" + $0, depth: 4) })
  }

  /// What is wrong with the layout, but for what was lost before.
  func problems(of layout: String) throws -> [String] {
    try LayoutAudit.problems(of: layout).filter(isNew)
  }

  /// The same before any recovery, as far as it can be seen from outside.
  func visibleProblems(of layout: String) -> [String] {
    LayoutAudit.visibleProblems(of: layout).filter(isNew)
  }

  private func isNew(_ problem: String) -> Bool {
    !lost.contains {
      problem.hasPrefix("audit: kept-missing: \($0)") || problem.contains("blob-missing: \($0)")
    }
  }

  /// The names of the files below a folder; a folder that is gone has none.
  private static func files(in path: String, depth: Int) throws -> [String] {
    guard depth > 0, Files.exists(path) else { return [] }
    return try Files.names(in: path).sorted().flatMap { name in
      let inner = path + "/" + name
      let isFolder = try OpenDirectory.open(path).status(of: name)?.kind == .directory
      return isFolder ? try files(in: inner, depth: depth - 1) : [name]
    }
  }

  /// A layout of two images, `a` and `b`, that another tool made.
  @Sendable static func foreign(_ sandbox: Sandbox) throws {
    let builder = try LayoutBuilder(at: sandbox.layout)
    builder.tag("a", try builder.addImage(["first layer", "second layer"]))
    builder.tag("b", try builder.addImage(["another layer"]))
    try builder.finish()
  }

  /// The same with a history.
  @Sendable static func managed(_ sandbox: Sandbox) throws {
    try foreign(sandbox)
    try sandbox.succeed(["tag", "--image", "{L}:a", "c"])
  }

  /// The same after an operation that died.
  static func interrupted(
    _ arguments: [String], at point: String
  ) -> @Sendable (Sandbox) throws -> Void {
    { sandbox in
      try managed(sandbox)
      let outcome = try sandbox.run(arguments, failing: point)
      guard outcome.status == 137 else { throw TestFailure("\(arguments) lives: \(outcome)") }
    }
  }

  /// The same after an operation died prepared, and then another tool took the tag `a` away, or set
  /// the very tag that the operation wants.
  static func besideAnother(movingTag: Bool) -> @Sendable (Sandbox) throws -> Void {
    { sandbox in
      try interrupted(["tag", "--image", "{L}:b", "x"], at: "publish.exchange:before")(sandbox)
      let path = sandbox.layout + "/index.json"
      let text = String(decoding: try Files.read(path), as: UTF8.self)
      guard let name = text.range(of: #"ref.name":"a""#) else { throw TestFailure(text) }
      try Files.write(
        String(text[..<name.lowerBound]) + #"ref.name":"\#(movingTag ? "x" : "y")""#
          + text[name.upperBound...], to: path)
    }
  }

  /// The same after another tool has written an old copy of index.json with one more tag: what
  /// came in between is lost and has to be put back.
  @Sendable static func overwritten(_ sandbox: Sandbox) throws {
    try managed(sandbox)
    try overwrite(sandbox, after: ["tag", "--image", "{L}:b", "d"])
  }

  /// The same after another tool has written back what it had read before our last operation.
  @Sendable static func stale(_ sandbox: Sandbox) throws {
    try managed(sandbox)
    let old = try Files.read(sandbox.layout + "/index.json")
    try sandbox.succeed(["tag", "--image", "{L}:b", "d"])
    try Files.write(old, to: sandbox.layout + "/index.json")
  }

  static let anotherLayer = Digest.sha256(of: Array("another layer".utf8))

  /// The same after a recovery died that was about to put the lost tag back, and then the tag's
  /// content was lost too.
  @Sendable static func overwrittenForGood(_ sandbox: Sandbox) throws {
    try managed(sandbox)
    try sandbox.succeed(["rm", "--image", "{L}:b"])
    try overwrite(sandbox, after: ["tag", "--image", "{L}:b@{1}", "d"])
    let outcome = try sandbox.run(recover, failing: "publish.exchange:before")
    guard outcome.status == 137 else { throw TestFailure("it lives: \(outcome)") }
    for folder in ["/blobs", "/.ocitx/keep"] {
      try Files.remove(sandbox.layout + folder + "/sha256/" + anotherLayer.encoded)
    }
  }

  private static func overwrite(_ sandbox: Sandbox, after command: [String]) throws {
    let old = try Files.read(sandbox.layout + "/index.json")
    try sandbox.succeed(command)
    let text = String(decoding: old, as: UTF8.self)
    let entry = #"{"mediaType""#
    guard let place = text.range(of: entry), let end = text.range(of: "}}", from: place.upperBound)
    else { throw TestFailure("no entry in \(text)") }
    let copy = text[place.lowerBound..<end.upperBound]
    guard let name = copy.range(of: #"ref.name":""#) else { throw TestFailure("no name: \(copy)") }
    let renamed = copy[..<name.upperBound] + "e" + copy[name.upperBound...].drop { $0 != "\"" }
    try Files.write(
      String(text[..<place.lowerBound]) + renamed + "," + text[place.lowerBound...],
      to: sandbox.layout + "/index.json")
  }

  /// The same with an index.json that a dead tool has left half written.
  @Sendable static func torn(_ sandbox: Sandbox) throws {
    try managed(sandbox)
    let bytes = try Files.read(sandbox.layout + "/index.json")
    try Files.write(Array(bytes.prefix(bytes.count / 2)), to: sandbox.layout + "/index.json")
  }

  /// The same with an index.json that two tools have written in place at once: JSON, and no index.
  @Sendable static func mixed(_ sandbox: Sandbox) throws {
    try managed(sandbox)
    let text = String(decoding: try Files.read(sandbox.layout + "/index.json"), as: UTF8.self)
    guard let digest = text.range(of: "sha256:") else { throw TestFailure(text) }
    try Files.write(
      text[..<digest.upperBound] + "57832" + text[digest.upperBound...],
      to: sandbox.layout + "/index.json")
  }

  /// The same without `oci-layout`, `blobs` and index.json.
  @Sendable static func gone(_ sandbox: Sandbox) throws {
    try managed(sandbox)
    for name in ["oci-layout", "blobs", "index.json"] {
      try Files.remove(sandbox.layout + "/" + name)
    }
  }

  /// The same with a folder in the place of index.json.
  @Sendable static func strange(_ sandbox: Sandbox) throws {
    try managed(sandbox)
    try Files.remove(sandbox.layout + "/index.json")
    try Files.makeDirectory(sandbox.layout + "/index.json/inside")
  }

  /// The same with an older journal than index.json, put back from a backup.
  @Sendable static func aheadOfItsJournal(_ sandbox: Sandbox) throws {
    try managed(sandbox)
    let journal = try FolderSnapshot(of: sandbox.layout + "/.ocitx")
    try sandbox.succeed(["tag", "--image", "{L}:b", "d"])
    try journal.restore()
  }

  /// The same with a database of which no page but the first is as it was written.
  @Sendable static func damaged(_ sandbox: Sandbox) throws {
    try managed(sandbox)
    let path = sandbox.layout + "/.ocitx/journal.db"
    var bytes = try Files.read(path)
    for end in stride(from: 2 * 4096, through: bytes.count, by: 4096) { bytes[end - 1] ^= 1 }
    try Files.write(bytes, to: path)
  }

  /// The same with a copy of hard links beside it, or as that copy.
  static func hardLinked(isCopy: Bool) -> @Sendable (Sandbox) throws -> Void {
    { sandbox in
      try managed(sandbox)
      let (one, other) = (sandbox.layout, sandbox.root + "/other")
      if isCopy { try run(["mv", one, other]) }
      try run(["cp", "-al"] + (isCopy ? [other, one] : [one, other]))
    }
  }

  static func run(_ command: [String]) throws {
    let outcome = try ExternalCommand.run(command)
    guard outcome.status == 0 else { throw TestFailure("\(command): \(outcome)") }
  }

  /// Every command that writes.
  static let every: [WritingCommand] =
    plain + addresses + history + layers + others + collections + bundles + recoveries + halves
    + takeOvers
    + repairs

  /// Those that are wanted.
  static let all = every.filter { TestEffort.isWanted($0.name) }

  private static let plain: [WritingCommand] = [
    WritingCommand("init", kind: "init", ["init", "--layout", "{L}"]) { _ in },
    WritingCommand("adopt", kind: "tag", ["tag", "--image", "{L}:a", "c"], foreign),
    WritingCommand("new", kind: "new", ["new", "--image", "{L}:n"], managed),
    WritingCommand("tag", kind: "tag", ["tag", "--image", "{L}:a", "d"], managed),
    WritingCommand("tag over", kind: "tag", ["tag", "--image", "{L}:b", "c"], managed),
    WritingCommand(
      "tag linked", kind: "tag", ["tag", "--image", "{L}:a", "d"], hardLinked(isCopy: false)),
    WritingCommand(
      "tag linked copy", kind: "tag", ["tag", "--image", "{L}:a", "d"], hardLinked(isCopy: true)),
    WritingCommand("rm", kind: "remove", ["rm", "--image", "{L}:c"], managed),
  ]

  private static let history: [WritingCommand] = [
    WritingCommand("undo", kind: "undo", ["undo", "--layout", "{L}"], managed),
    WritingCommand("redo", kind: "redo", ["redo", "--layout", "{L}"]) { sandbox in
      try managed(sandbox)
      try sandbox.succeed(["undo", "--layout", "{L}"])
    },
    WritingCommand("restore", kind: "restore", ["restore", "--layout", "{L}", "--to", "1"]) {
      sandbox in
      try managed(sandbox)
      try sandbox.succeed(["rm", "--image", "{L}:a"])
    },
  ]

  /// The same beside something to put into it: a file of more than one chunk, and an archive.
  @Sendable static func besideSources(_ sandbox: Sandbox) throws {
    try managed(sandbox)
    let bytes = (0..<1_200_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }
    try Files.write(bytes, to: sandbox.root + "/file")
    try Files.write(
      TarBuilder.make { $0.file("name", "content") }, to: sandbox.root + "/layer.tar")
  }

  private static let layers: [WritingCommand] = [
    WritingCommand(
      "insert", kind: "insert",
      ["insert", "--image", "{L}:a", "--compress", "none", "{L}/../file", "/file"],
      besideSources),
    WritingCommand(
      "add-layer", kind: "add-layer", ["raw", "add-layer", "--image", "{L}:b", "{L}/../layer.tar"],
      besideSources),
  ]

  private static let others: [WritingCommand] = [
    WritingCommand(
      "config", kind: "config", ["config", "--image", "{L}:a", "--tag", "e", "--author", "x"],
      managed),
    WritingCommand(
      "batch", kind: "batch", ["batch", "--layout", "{L}"],
      input: "new n\ntag a d\nrm b\ninsert n {F} /etc/passwd\n", managed),
    WritingCommand(
      "exec", kind: "exec",
      [
        "exec", "--layout", "{L}", "--", "sh", "-c",
        #"sed -i 's/ref.name":"b"/ref.name":"z"/' "$0/index.json""#, "{}",
      ], managed),
    WritingCommand(
      "exec linked", kind: "exec",
      [
        "exec", "--layout", "{L}", "--", "sh", "-c",
        #"sed -i 's/ref.name":"big"/ref.name":"z"/' "$0/index.json""#, "{}",
      ]
    ) { sandbox in
      let builder = try LayoutBuilder(at: sandbox.layout)
      builder.tag("big", try builder.addImage([String(repeating: "layer", count: 1 << 18)]))
      try builder.finish()
      try sandbox.succeed(["tag", "--image", "{L}:big", "c"])
    },
    WritingCommand("tag damaged", kind: "tag", ["tag", "--image", "{L}:a", "d"], damaged),
    WritingCommand(
      "leases drop", kind: nil, ["leases", "drop", "{B}-gone", "--layout", "{L}"], leftLease),
    WritingCommand(
      "settings", kind: "settings",
      ["settings", "set", "foreign", "refuse", "--layout", "{L}"], managed),
    WritingCommand("undo settings", kind: "undo", ["undo", "--layout", "{L}"]) { sandbox in
      try managed(sandbox)
      try sandbox.succeed(["settings", "set", "undo-days", "7", "--layout", "{L}"])
    },
  ]

  /// A layout with something for the trash, something for `keep/` and something that stays.
  @Sendable static func littered(_ sandbox: Sandbox) throws {
    try managed(sandbox)
    let builder = try LayoutBuilder(at: sandbox.layout)
    try builder.addImage(["never seen"])
    try sandbox.succeed(["rm", "--image", "{L}:b"])
  }

  /// The same after a gc.
  @Sendable static func collected(_ sandbox: Sandbox) throws {
    try littered(sandbox)
    try sandbox.succeed(collect)
  }

  /// The same without a window of undo.
  ///
  /// - Parameter isCollected: Whether a gc comes first, with the window.
  static func outside(isCollected: Bool) -> @Sendable (Sandbox) throws -> Void {
    { sandbox in
      try isCollected ? collected(sandbox) : littered(sandbox)
      for name in ["undo-days", "undo-operations"] {
        try sandbox.succeed(["settings", "set", name, "0", "--layout", "{L}"])
      }
    }
  }

  static let collect = ["gc", "--grace", "0", "--layout", "{L}"]
  static let blobs = ["blobs/sha256", ".ocitx/keep/sha256"]

  private static let collections: [WritingCommand] = [
    WritingCommand("gc", kind: "gc", collect, watching: blobs, littered),
    WritingCommand("gc all", kind: "gc", collect, watching: blobs, outside(isCollected: false)),
    WritingCommand("gc kept", kind: "gc", collect, watching: blobs, outside(isCollected: true)),
    WritingCommand("gc --prune", kind: "gc", collect + ["--prune"], watching: blobs, littered),
    WritingCommand(
      "expire", kind: "expire", collect + ["--prune"], watching: [".ocitx/trash"], collected),
    WritingCommand(
      "undo gc", kind: "undo", ["undo", "@", "--layout", "{L}"], watching: ["blobs/sha256"],
      collected),
    WritingCommand(
      "redo gc", kind: "redo", ["redo", "--layout", "{L}"], watching: blobs
    ) { sandbox in
      try collected(sandbox)
      try sandbox.succeed(["undo", "@", "--layout", "{L}"])
    },
  ]

  /// What every writing command does first.
  static let recover = ["recover", "--layout", "{L}"]

  private static let accept = recover + ["--accept-index"]

  private static let recoveries: [WritingCommand] = [
    WritingCommand(
      "recover prepared", kind: nil, recover,
      interrupted(["tag", "--image", "{L}:b", "x"], at: "publish.exchange:before")),
    WritingCommand(
      "recover published", kind: nil, recover,
      interrupted(["new", "--image", "{L}:x"], at: "publish.exchange:after")),
    WritingCommand(
      "recover intent", kind: nil, recover,
      interrupted(["new", "--image", "{L}:x"], at: "ops.sync:before")),
    WritingCommand(
      "recover untidied", kind: nil, recover,
      interrupted(["new", "--image", "{L}:x"], at: "stage.remove:before")),
    WritingCommand("recover damaged", kind: nil, recover, damaged),
    WritingCommand("recover gc", kind: nil, recover, watching: blobs) { sandbox in
      try littered(sandbox)
      let outcome = try sandbox.run(collect, failing: "trash.withdraw:after")
      guard outcome.status == 137 else { throw TestFailure("gc lives: \(outcome)") }
    },
    WritingCommand("recover expire", kind: nil, recover, watching: [".ocitx/trash"]) { sandbox in
      try collected(sandbox)
      let outcome = try sandbox.run(collect + ["--prune"], failing: "trash.delete:after")
      guard outcome.status == 137 else { throw TestFailure("gc lives: \(outcome)") }
    },
    WritingCommand("recover beside", kind: nil, recover, besideAnother(movingTag: false)),
    WritingCommand("recover beaten", kind: nil, recover, besideAnother(movingTag: true)),
    WritingCommand("recover overwritten", kind: nil, recover, overwritten),
    WritingCommand(
      "recover overwritten for good", kind: nil, recover, lost: [anotherLayer],
      overwrittenForGood),
    WritingCommand("recover stale", kind: nil, recover, stale),
    WritingCommand("recover torn", kind: nil, recover, mendsIndex: true, torn),
    WritingCommand("recover mixed", kind: nil, recover, mendsIndex: true, mixed),
    WritingCommand("recover gone", kind: nil, recover, mendsIndex: true, gone),
    WritingCommand("recover strange", kind: nil, recover, mendsIndex: true, strange),
    WritingCommand(
      "recover accepted", kind: nil, accept, recovery: accept, aheadOfItsJournal),
    WritingCommand(
      "recover accepted past", kind: nil, accept, recovery: accept, stale),
  ]
}

extension StringProtocol {
  /// Where a text stands first.
  func range(of text: String, from start: Index? = nil) -> Range<Index>? {
    var place = start ?? startIndex
    while place < endIndex {
      if self[place...].hasPrefix(text) { return place..<index(place, offsetBy: text.count) }
      place = index(after: place)
    }
    return nil
  }
}
