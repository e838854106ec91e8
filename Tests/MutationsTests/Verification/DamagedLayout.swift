import Mutations
import Store
import TestSupport

@testable import Journal

/// A layout with every kind of file that a layout can have, and ways to damage them.
struct DamagedLayout {
  let layout: TestLayout
  /// Files by what they are, as paths in the layout.
  let files: [(name: String, path: String)]

  /// What a bit is flipped in, by name.
  static let kinds = [
    "manifest", "config", "layer", "index", "oci-layout", "record", "last record", "kept",
    "withdrawn", "sha512",
  ]

  init() throws {
    var image: Descriptor?
    var nested: Descriptor?
    var opaque: Descriptor?
    layout = try TestLayout { builder in
      let first = try builder.addImage(["first layer", "second layer"])
      let index = try builder.addIndex([first, builder.addImage(["another layer"])])
      let long = try builder.addBlob(
        Array("long".utf8), mediaType: "application/x-opaque", algorithm: .sha512)
      builder.tag("a", first)
      builder.tag("b", index)
      builder.tag("long", long)
      (image, nested, opaque) = (first, index, long)
    }
    for (tag, source) in [("t", "a"), ("u", "t"), ("v", "t")] {
      try layout.tag(tag, to: source)
    }
    guard let image, let nested, let opaque else { throw TestFailure("no image") }
    files = try Self.files(layout, image, nested, opaque)
    try Self.separateKept(in: layout.path)
    try Self.withdraw(in: layout.path)
  }

  private static func files(
    _ layout: TestLayout, _ image: Descriptor, _ index: Descriptor, _ opaque: Descriptor
  ) throws -> [(name: String, path: String)] {
    func blob(_ digest: Digest) -> String { "blobs/" + BlobStore.relativePath(of: digest) }
    let bytes = try Files.read(layout.path + "/" + blob(image.digest))
    let manifest = try ImageManifest(parsing: bytes, named: "manifest")
    let layer = manifest.layers[0].digest
    let records = try Files.names(in: layout.path + "/.ocitx/ops")
    return [
      ("manifest", blob(image.digest)), ("config", blob(manifest.config.digest)),
      ("layer", blob(layer)), ("index", blob(index.digest)), ("sha512", blob(opaque.digest)),
      ("oci-layout", "oci-layout"), ("record", ".ocitx/ops/" + records[1]),
      ("last record", ".ocitx/ops/" + records[records.count - 1]),
      ("kept", ".ocitx/keep/" + BlobStore.relativePath(of: layer)),
      ("withdrawn", ".ocitx/trash/\(operation)/" + BlobStore.relativePath(of: withdrawn)),
    ]
  }

  private static let operation = "kkkkkkkkkkkkkkkk"
  private static let withdrawn = Digest.sha256(of: Array("withdrawn".utf8))

  /// Gives kept files inodes of their own, as a copied layout has them: damage to one is not damage
  /// to the other.
  static func separateKept(in path: String) throws {
    let outcome = try ExternalCommand.run([
      "sh", "-c", "mv \"$0\" \"$0.old\" && cp -r \"$0.old\" \"$0\" && rm -r \"$0.old\"",
      path + "/.ocitx/keep",
    ])
    guard outcome.status == 0 else { throw TestFailure(outcome.standardError) }
  }

  private static func withdraw(in path: String) throws {
    let folder = path + "/.ocitx/trash/\(operation)/sha256"
    try Files.makeDirectory(folder)
    try Files.write("withdrawn", to: folder + "/" + withdrawn.encoded)
  }

  /// The path of a kind of file.
  func path(_ kind: String) throws -> String {
    guard let file = files.first(where: { $0.name == kind }) else { throw TestFailure(kind) }
    return file.path
  }

  /// Flips one bit in the middle of a file, in its inode.
  func flip(_ path: String) throws {
    var bytes = try Files.read(layout.path + "/" + path)
    bytes[bytes.count / 2] ^= 0x10
    try Files.write(bytes, to: layout.path + "/" + path)
  }

  func read(_ path: String) throws -> [UInt8] { try Files.read(layout.path + "/" + path) }
}

extension TestLayout {
  /// What a verification finds, as `code subject`.
  func verify(isDeep: Bool = false) throws -> LayoutVerification {
    do throws(LayoutError) {
      let opened = try ImageLayout.open(path)
      do { return try VerifyLayout(opened, isDeep: isDeep, invocation).run() } catch {
        throw LayoutError.notALayout(path: path, reason: "\(error)")
      }
    } catch {
      guard let damage = LayoutVerification(of: error, at: path) else { throw error }
      return damage
    }
  }

  /// The codes of the findings that mean damage.
  func damage(isDeep: Bool = false) throws -> [String] {
    try verify(isDeep: isDeep).findings.filter(\.isProblem).map(\.code.rawValue)
  }

  func repair(removing tags: [String] = []) throws -> RepairLayout.Outcome {
    try RepairLayout(
      at: path, removing: tags, isDeep: false, invocation, WritingOptions(durability: .relaxed)
    ).run()
  }

  func audit(head: String? = nil) throws -> AuditReport {
    try HistoryAudit(
      of: open(), expecting: head.flatMap { ExpectedHead($0) }, now: invocation.now()
    ).run()
  }

  /// Runs SQL on the journal like somebody who also writes the checksums of the pages.
  func finalisedSQL(_ text: String) throws {
    try JournalDatabase(
      writing: DatabaseFile(at: path + "/.ocitx/journal.db"), durability: .relaxed
    ).execute(text)
  }

  /// Runs SQL on the journal with the program of SQLite, which knows nothing of our checksums.
  @discardableResult
  func sql(_ text: String) throws -> String {
    let outcome = try ExternalCommand.run(["sqlite3", path + "/.ocitx/journal.db", text])
    guard outcome.status == 0 else { throw TestFailure(outcome.standardError) }
    return outcome.standardOutput
  }
}
