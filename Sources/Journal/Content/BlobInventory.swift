internal import Store

/// The blobs that a layout has files of, by the names of these alone.
struct BlobInventory {
  /// Below `blobs/`.
  private(set) var blobs: Set<Digest> = []
  /// Below `.ocitx/keep`.
  private(set) var kept: Set<Digest> = []
  /// Names below `blobs/` that are no digests; they are left alone.
  private(set) var unknownFiles: [String] = []

  /// An inventory of nothing.
  init() {}

  /// Reads all folders of blobs.
  init(_ layout: ImageLayout, keep: OpenDirectory?) throws(SyscallError) {
    try Self.list(layout.blobs.directory) { digest, name in
      if let digest { blobs.insert(digest) } else { unknownFiles.append(name) }
    }
    unknownFiles.sort()
    guard let keep else { return }
    try Self.list(keep) { digest, _ in
      if let digest { kept.insert(digest) }
    }
  }

  private static func list(
    _ root: OpenDirectory, _ body: (Digest?, String) -> Void
  ) throws(SyscallError) {
    for algorithm in try root.entryNames() {
      guard try root.status(of: algorithm)?.kind == .directory else {
        body(nil, algorithm)
        continue
      }
      let prefix = algorithm + ":"
      try root.openDirectory(algorithm).forEachEntry { name in
        body(try? Digest(parsing: prefix + name), algorithm + "/" + name)
      }
    }
  }

  /// The blobs in `blobs/` that have a name in an operation's stage: what it has linked.
  ///
  /// Looks at every blob, but only after a death in the short time between linking and preparing.
  static func blobs(linkedBy id: OperationID, _ session: Session) throws(JournalError) -> [Digest] {
    var inodes: Set<UInt64> = []
    var linked: [Digest] = []
    try session.system { () throws(SyscallError) in
      guard let stage = try session.control.stage.openIfThere(id.text) else { return }
      for name in try stage.entryNames() {
        guard let status = try stage.status(of: name), status.linkCount > 1 else { continue }
        inodes.insert(status.inode)
      }
      guard !inodes.isEmpty else { return }
      for digest in try BlobInventory(session.layout, keep: nil).blobs {
        guard let status = try session.layout.blobs.status(of: digest) else { continue }
        if inodes.contains(status.inode) { linked.append(digest) }
      }
    }
    return linked
  }
}
