import Store
import TestSupport
import Testing

@testable import Journal

/// Numbers that no honest program writes, wherever a number is read: no command may trap on them, hang, or
/// take much memory.
@Suite struct AbsurdNumberTests {
  /// What is damaged, how, and what must say so or not mind.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let spoil: @Sendable (Workshop) throws -> Void

    var testDescription: String { name }
  }

  static let commands: [[String]] = [
    ["status", "--layout", "L"], ["log", "--layout", "L"], ["log", "--json", "--layout", "L"],
    ["log", "--tag", "a", "--layout", "L"], ["who", "--layout", "L", "a"],
    ["show", "--layout", "L", "@"], ["undo", "--dry-run", "--layout", "L"],
    ["verify", "--layout", "L"], ["audit", "verify", "--layout", "L"],
    ["audit", "verify", "--layout", "L", "--head", "0000000000000000"],
    ["audit", "head", "--layout", "L"], ["audit", "export", "--layout", "L"],
    ["stat", "--image", "L:a"], ["unpack", "--progress", "json", "--image", "L:a", "U"],
    ["repack", "--dry-run", "--image", "L:n", "B"], ["gc", "--dry-run", "--layout", "L"],
    ["gc", "--grace", "0", "--layout", "L"], ["recover", "--layout", "L"],
    ["gc", "--prune", "--layout", "L"], ["tag", "--image", "L:a", "x"],
    ["undo", "--layout", "L"],
  ]

  static let sizes = ["9223372036854775807", "9223372036854775806", "4611686018427387904"]

  static let cases: [Case] =
    sizes.map { size in
      Case(name: "an entry of \(size) bytes") { shop in
        try shop.replaceSize(in: shop.layout + "/index.json", by: size)
      }
    }
    + sizes.map { size in
      Case(name: "a layer of \(size) bytes") { shop in
        _ = try shop.replaceLayerSize(by: size)
      }
    }
    + sizes.map { size in
      Case(name: "a layer that an entry takes for a manifest of \(size) bytes") { shop in
        let image = try #require(shop.tags()["a"])
        let layer = try #require(try shop.manifest(image).layers.first)
        let text = HostileLayoutTests.entry(digest: layer.digest.description, size: size)
        try Files.write(HostileLayoutTests.index(text), to: shop.layout + "/index.json")
        // Only its second name is there.
        try Files.remove(shop.path(of: layer.digest))
      }
    }
    + ["-1", "9223372036854775807", "-2147483648"].map { version in
      Case(name: "tables of version \(version)") { shop in
        try shop.journal { try $0.execute("PRAGMA user_version = \(version)") }
      }
    }
    + [
      ("undo-days", "9223372036854775807"), ("undo-days", "-9223372036854775808"),
      ("undo-operations", "9223372036854775807"), ("undo-operations", "-9223372036854775808"),
      ("trash-days", "9223372036854775807"), ("trash-days", "-1"),
    ].map { (setting: String, value: String) in
      Case(name: "\(setting) = \(value)") { shop in
        try shop.journal { try $0.setSetting(setting, value) }
      }
    }
    + ["-9223372036854775808", "0", "9223372036854775807", "9007199254740993"].map { number in
      Case(name: "an operation number \(number)") { shop in
        try shop.journal {
          try $0.execute(
            "UPDATE operations SET seq = \(number) WHERE seq = 2;"
              + "UPDATE edits SET seq = \(number) WHERE seq = 2")
        }
      }
    }
    + [
      Case(name: "a record file of the last number there is") { shop in
        let folder = shop.layout + "/.ocitx/ops/"
        let last = try #require(try Files.names(in: folder).last)
        let record = String(decoding: try Files.read(folder + last), as: UTF8.self)
        let number = try #require(Int64(last.prefix { $0 != "-" }))
        for huge in [Int64.max, .max - 1] {
          try Files.write(
            record.replacing("\"seq\":\(number)", with: "\"seq\":\(huge)"),
            to: folder + "\(huge)-kkkkkkkkllllllll.json")
        }
        try Files.remove(shop.layout + "/.ocitx/journal.db")
      },
      Case(name: "a record of huge blobs") { shop in
        try shop.journal { database in
          let head = try #require(try database.head())
          let stored = try #require(try database.operation(sequence: head.sequence))
          var record = try stored.record()
          let digests = (0..<3).map { Digest.sha256(of: [UInt8($0)]) }
          record.moves.withdrawn = digests.map { .init(digest: $0, size: .max) }
          record.moves.kept = digests.map { .init(digest: $0, size: 1 << 62) }
          record.details["bytes"] = JSONValue(Int64.max)
          let bytes = record.canonicalBytes()
          try database.run(
            "UPDATE operations SET record = ?, hash = ? WHERE seq = ?", .blob(bytes),
            .text(OperationRecord.hash(bytes).description), .integer(head.sequence))
        }
      },
      Case(name: "an mtree file with a huge file that is gone") { shop in
        let mtree = try #require(
          try Files.names(in: shop.folder("B")).first { $0.hasSuffix("mtree") })
        let path = shop.folder("B/" + mtree)
        let text = String(decoding: try Files.read(path), as: UTF8.self)
        let huge = text.replacing("size=5", with: "size=9223372036854775807")
        #expect(huge != text)
        try Files.write(huge, to: path)
        try Files.remove(shop.folder("B/umoci-tx-stat-cache"))
        try Files.remove(shop.folder("B/rootfs/f"))
      },
    ]
    + ["blobs/sha256", ".ocitx/keep/sha256", ".ocitx/trash/kkkkkkkkllllllll/sha256"].map { place in
      Case(name: "sparse files in \(place)") { shop in
        // Reading them to their ends would take for ever.
        let folder = shop.layout + "/" + place
        try Files.makeDirectory(folder)
        for digit in ["1", "2", "3"] {
          let path = folder + "/" + String(repeating: digit, count: 64)
          try shop.expectSuccess(of: ["truncate", "-s", "4611686018427387904", path])
        }
      }
    }
    + [
      "oci-layout", "index.json", ".ocitx/format", ".ocitx/lock", ".ocitx/journal.db",
      ".ocitx/journal.db-journal", ".ocitx/ops/000000000002-kkkkkkkkllllllll.json",
      ".ocitx/ops/000000000004-kkkkkkkkllllllll.json", ".ocitx/displaced/torn-7.json",
      ".ocitx/displaced/000000000009-0123456789abcdef-5-unmerged.0",
      ".ocitx/stage/kkkkkkkkllllllll/index.json", ".ocitx/live/kkkkkkkkllllllll",
    ].map { name in
      Case(name: "sparse \(name)") { shop in
        let path = shop.layout + "/" + name
        try Files.makeDirectory(String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]))
        try shop.expectSuccess(of: ["truncate", "-s", "4611686018427387904", path])
      }
    }
    + [
      Case(name: "sparse layer of the size that its manifest says") { shop in
        let layer = shop.path(of: try shop.replaceLayerSize(by: "4611686018427387904"))
        try shop.expectSuccess(of: ["truncate", "-s", "4611686018427387904", layer])
      }
    ]

  @Test(arguments: cases) func `no number makes a command trap`(spoiled: Case) throws {
    let shop = try Workshop(numbered: spoiled.name)
    try spoiled.spoil(shop)
    for command in Self.commands {
      let outcome = try shop.measured(command)
      #expect([0, 64, 65, 66, 69, 75, 76].contains(outcome.status), "\(command): \(outcome)")
    }
  }
}

extension Workshop {
  /// A layout with an image of one real layer, a bundle `B` of it, and a history.
  fileprivate convenience init(numbered name: String) throws {
    // Sparse files of any size are what tmpfs has.
    try self.init(withLayout: false, in: name.hasPrefix("sparse") ? "/dev/shm" : "/tmp")
    let builder = try LayoutBuilder(at: layout)
    builder.tag("a", try builder.addImage(tars: [TarBuilder.make { $0.file("f", "hello") }]))
    try builder.finish()
    try succeed(["tag", "--image", "L:a", "b"])
    try succeed(["rm", "--image", "L:b"])
    try succeed(["unpack", "--image", "L:a", "B"])
  }

  /// Changes the journal's database as whoever knows how to write its pages.
  fileprivate func journal(_ change: (JournalDatabase) throws -> Void) throws {
    let path = layout + "/.ocitx/journal.db"
    try change(try JournalDatabase(writing: DatabaseFile(at: path), durability: .relaxed))
  }

  fileprivate func path(of digest: Digest) -> String {
    layout + "/blobs/" + BlobStore.relativePath(of: digest)
  }

  fileprivate func manifest(_ digest: Digest) throws -> ImageManifest {
    try ImageManifest(parsing: Files.read(path(of: digest)), named: "manifest")
  }

  /// Gives the layer of `a` another size in its manifest.
  ///
  /// - Returns: The layer.
  fileprivate func replaceLayerSize(by size: String) throws -> Digest {
    let image = try #require(tags()["a"])
    let layer = try #require(try manifest(image).layers.first)
    let text = String(decoding: try Files.read(path(of: image)), as: UTF8.self)
      .replacing("\"size\":\(layer.size)", with: "\"size\":\(size)")
    let builder = try LayoutBuilder(at: layout)
    builder.tag("a", try builder.addBlob(text, mediaType: .imageManifest))
    try builder.finish()
    return layer.digest
  }

  fileprivate func replaceSize(in path: String, by size: String) throws {
    let text = String(decoding: try Files.read(path), as: UTF8.self)
    let changed = text.replacing(#/"size":\d+/#, with: "\"size\":\(size)")
    #expect(changed != text)
    try Files.write(changed, to: path)
  }
}
