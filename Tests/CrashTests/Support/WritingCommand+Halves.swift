import Store
import TestSupport

/// Layouts of which a part is missing, doubled or another one than it was.
extension WritingCommand {
  private static let exchanging = interrupted(
    ["tag", "--image", "{L}:b", "x"], at: "publish.exchange:before")

  /// A layout with a history and a dead operation, of which half of the exchange has reached the disk.
  ///
  /// - Parameter isNew: Which of the two files both names mean.
  private static func halfExchanged(isNew: Bool) -> @Sendable (Sandbox) throws -> Void {
    { sandbox in
      try exchanging(sandbox)
      let folder = sandbox.layout + "/.ocitx/stage/"
      let stages = try Files.names(in: folder)
      let staged = folder + stages[0] + "/index.json"
      let index = sandbox.layout + "/index.json"
      try run(["ln", "-f"] + (isNew ? [staged, index] : [index, staged]))
    }
  }

  /// The same with a dead gc, of whose last move the disk has kept the old name too.
  @Sendable private static func halfMoved(_ sandbox: Sandbox) throws {
    try littered(sandbox)
    let outcome = try sandbox.run(collect, failing: "trash.withdraw:after")
    guard outcome.status == 137 else { throw TestFailure("gc lives: \(outcome)") }
    let blobs = sandbox.layout + "/blobs/sha256"
    try run(["sh", "-ec", #"ln "$0"/.ocitx/trash/*/sha256/* "$1""#, sandbox.layout, blobs])
  }

  /// The same with a dead gc, of which another one has taken documents that the history has copies of.
  @Sendable private static func movedByAnother(_ sandbox: Sandbox) throws {
    try outside(isCollected: false)(sandbox)
    let outcome = try sandbox.run(collect, failing: "trash.withdraw:before")
    guard outcome.status == 137 else { throw TestFailure("gc lives: \(outcome)") }
    let script = #"grep -l "$1" "$0"/blobs/sha256/* | xargs rm"#
    try run(["sh", "-ec", script, sandbox.layout, anotherLayer.encoded])
  }

  /// A copy of a layout in which an operation died prepared, and then another tool set a tag.
  @Sendable private static func copied(_ sandbox: Sandbox) throws {
    try besideAnother(movingTag: false)(sandbox)
    let copy = sandbox.layout + "-copy"
    try run(["cp", "-a", sandbox.layout, copy])
    try Files.remove(sandbox.layout)
    try run(["mv", copy, sandbox.layout])
  }

  /// A layout that has lost what archives and version control lose, and the id of its history.
  @Sendable private static func incomplete(_ sandbox: Sandbox) throws {
    try managed(sandbox)
    for name in ["format", "trash"] { try Files.remove(sandbox.layout + "/.ocitx/" + name) }
  }

  /// A bundle that another tool has refreshed with an image that it has added.
  @Sendable private static func refreshedByAnother(_ sandbox: Sandbox) throws {
    try changedBundle(sandbox)
    let builder = try LayoutBuilder(at: sandbox.layout)
    builder.entries = try ImageLayout.open(sandbox.layout).readIndex().index.entries
      .map(\.descriptor)
    guard let old = builder.entries.first else { throw TestFailure("no image") }
    let new = try builder.addImage(["a layer of theirs"])
    builder.tag("theirs", new)
    try builder.finish()
    let metadata = sandbox.bundle + "/umoci.json"
    let text = String(decoding: try Files.read(metadata), as: UTF8.self)
      .replacing(old.digest.description, with: new.digest.description)
      .replacing(#""size":\#(old.size)"#, with: #""size":\#(new.size)"#)
    try Files.write(text, to: metadata)
    let mtreeFiles = [old, new].map {
      sandbox.bundle + "/" + $0.digest.description.replacing(":", with: "_") + ".mtree"
    }
    try run(["mv"] + mtreeFiles)
  }

  /// A layout in which a slow tool has written an image into the index.json that we have displaced.
  @Sendable private static func writtenLate(_ sandbox: Sandbox) throws {
    try managed(sandbox)
    try sandbox.succeed(["tag", "--image", "{L}:b", "d"])
    let folder = sandbox.layout + "/.ocitx/displaced/"
    guard let name = try Files.names(in: folder).max() else { throw TestFailure("none displaced") }
    let text = String(decoding: try Files.read(folder + name), as: UTF8.self)
    let changed = text.replacing(#"ref.name":"b""#, with: #"ref.name":"late""#)
    try Files.write(changed, to: folder + name)
  }

  /// More layers that no tool has synced than are synced one by one.
  @Sendable private static func wide(_ sandbox: Sandbox) throws {
    let builder = try LayoutBuilder(at: sandbox.layout)
    builder.tag("a", try builder.addImage((0..<64).map { "layer \($0)" }))
    try builder.finish()
  }

  private static let made = "what a tool has made"
  private static let entry =
    #"{"mediaType":"application/x-thing","digest":"sha256:'$d'","size":\#(made.utf8.count)}"#
  private static let addBlob = """
    d=\(Digest.sha256(of: Array(made.utf8)).encoded); cd "$0"
    printf %s '\(made)' >blobs/sha256/$d
    sed -i 's|"manifests":\\[|&\(entry),|' index.json
    """

  static let halves: [WritingCommand] = [
    WritingCommand("recover late", kind: nil, recover, writtenLate),
    WritingCommand("adopt wide", kind: "tag", ["tag", "--image", "{L}:a", "c"], wide),
    WritingCommand(
      "exec blob", kind: "exec", ["exec", "--layout", "{L}", "--", "sh", "-ec", addBlob, "{}"],
      managed),
    WritingCommand("tag incomplete", kind: "tag", ["tag", "--image", "{L}:a", "d"], incomplete),
    WritingCommand("recover new twice", kind: nil, recover, halfExchanged(isNew: true)),
    WritingCommand("recover old twice", kind: nil, recover, halfExchanged(isNew: false)),
    WritingCommand("recover both names", kind: nil, recover, watching: blobs, halfMoved),
    WritingCommand("recover gc beside", kind: nil, recover, watching: blobs, movedByAnother),
    WritingCommand("recover copied", kind: nil, recover, copied),
    WritingCommand("recover followed", kind: nil, recover, refreshedByAnother),
  ]
}
