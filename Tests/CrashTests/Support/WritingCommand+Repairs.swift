import Store
import TestSupport

/// Repairs of layouts that are damaged in one way each.
extension WritingCommand {
  private static let repair = ["verify", "--repair", "--layout", "{L}"]

  /// `verify --repair`, and what it finds.
  static let repairs: [WritingCommand] = [
    repairing("repair missing") { try Files.remove($0) },
    repairing("repair damaged") { path in
      // A file of its own: damage to the second name as well would leave nothing to mend it from.
      try Files.remove(path)
      try Files.write("damaged", to: path)
    },
    WritingCommand(
      "repair kept", kind: nil, repair, mendsIndex: true, recovery: repair
    ) { sandbox in
      try managed(sandbox)
      let folder = sandbox.layout + "/.ocitx/keep/sha256/"
      for name in try Files.names(in: folder) {
        try Files.remove(folder + name)
        try Files.write("damaged", to: folder + name)
      }
    },
    WritingCommand(
      "repair marker", kind: nil, repair, mendsIndex: true, recovery: repair
    ) { sandbox in
      try managed(sandbox)
      try Files.write("{", to: sandbox.layout + "/oci-layout")
      try Files.remove(sandbox.layout + "/.ocitx/stage")
    },
    WritingCommand(
      "repair index", kind: nil, repair, mendsIndex: true, recovery: repair
    ) { sandbox in
      try managed(sandbox)
      let path = sandbox.layout + "/index.json"
      let parts = String(decoding: try Files.read(path), as: UTF8.self)
        .split(separator: "manifests", maxSplits: 1)
      try Files.write(parts.joined(separator: "manifestz"), to: path)
    },
    WritingCommand(
      "repair format", kind: nil, repair, mendsIndex: true, recovery: repair
    ) { sandbox in
      try managed(sandbox)
      try Files.write("damaged", to: sandbox.layout + "/.ocitx/format")
    },
    WritingCommand(
      "repair lock", kind: nil, repair, mendsIndex: true, recovery: repair
    ) { sandbox in
      try managed(sandbox)
      let lock = sandbox.layout + "/.ocitx/lock"
      try Files.remove(lock)
      try Files.makeDirectory(lock)
    },
    WritingCommand(
      "repair parts", kind: nil, repair, mendsIndex: true, recovery: repair
    ) { sandbox in
      try managed(sandbox)
      for name in ["oci-layout", "blobs/sha256"] {
        try Files.remove(sandbox.layout + "/" + name)
      }
      try Files.makeDirectory(sandbox.layout + "/oci-layout/inside")
      try Files.write("", to: sandbox.layout + "/blobs/sha256")
      try Files.makeDirectory(sandbox.layout + "/.ocitx/live/kkkkkkkkllllllll")
    },
    repairing("repair folders") { path in
      try Files.remove(path)
      try Files.makeDirectory(path + "/inside")
    },
    WritingCommand(
      "repair tag", kind: nil, repair + ["--remove-tag", "b"], mendsIndex: true,
      recovery: repair + ["--remove-tag", "b"]
    ) { sandbox in
      try managed(sandbox)
      let layer = Digest.sha256(of: Array("another layer".utf8)).encoded
      for folder in ["/blobs/sha256/", "/.ocitx/keep/sha256/"] {
        try Files.remove(sandbox.layout + folder + layer)
      }
    },
  ]

  /// A repair of all blobs of the image `a`, damaged by `body`, whose copies are whole.
  private static func repairing(
    _ name: String, _ body: @escaping @Sendable (String) throws -> Void
  ) -> WritingCommand {
    WritingCommand(name, kind: nil, repair, mendsIndex: true, recovery: repair) { sandbox in
      try managed(sandbox)
      let layout = try ImageLayout.open(sandbox.layout)
      guard let image = try layout.readIndex().index.entries(named: "a").first else {
        throw TestFailure("no image")
      }
      let bytes = try layout.blobs.readDocument(image.descriptor)
      let manifest = try ImageManifest(parsing: bytes, named: "a")
      let digests =
        [image.descriptor.digest, manifest.config.digest] + manifest.layers.map(\.digest)
      for digest in digests {
        try body(sandbox.layout + "/blobs/" + BlobStore.relativePath(of: digest))
      }
    }
  }
}
