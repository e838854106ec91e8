public import Store

/// Putting back what a folder needs to be opened as a layout: `oci-layout`, whose content is the same in
/// every layout, and `blobs/`.
///
/// What is in their place is put aside, in `displaced/`. Only where a journal says that the folder is a
/// layout; in others a person has to decide. A missing index.json is put back from the history, by recovery.
public enum LayoutMending {
  /// Mends a layout.
  ///
  /// The marker appears by rename; all is durable when this returns (full durability).
  ///
  /// - Returns: What had to be done, a sentence each.
  /// - Throws: ``LayoutError`` where there is nothing, or what is in the way cannot be moved.
  public static func run(
    at path: String, durability: Durability = .full
  ) throws(LayoutError) -> [Note] {
    do throws(LayoutError) {
      _ = try ImageLayout.open(path)
      return []
    } catch {
      guard case .damaged = error else { throw error }
      guard let done = try mended(path, durability) else { throw error }
      return done
    }
  }

  /// Mends all that stands between a layout and its recovery, its journal's lock and `format` too.
  ///
  /// - Returns: The layout, and what had to be done, a sentence each.
  public static func makeReady(
    _ path: String, _ options: WritingOptions
  ) throws -> (layout: ImageLayout, notes: [Note]) {
    var notes = try run(at: path, durability: options.durability)
    let layout = try ImageLayout.openForHistory(path)
    if try LockRepair.run(in: layout, options) { notes.append(LockRepair.note) }
    if try FormatRepair.run(in: layout, options) { notes.append(".ocitx/format was written again") }
    return (layout, notes)
  }

  private static func mended(
    _ path: String, _ durability: Durability
  ) throws(LayoutError) -> [Note]? {
    do throws(SyscallError) { return try mend(path, durability) } catch {
      throw .system(error)
    }
  }

  /// - Returns: Nil when it did not help.
  private static func mend(
    _ path: String, _ durability: Durability
  ) throws(SyscallError) -> [Note]? {
    let root = try OpenDirectory.open(path)
    let policy = CreationPolicy(following: try root.status())
    var done: [Note] = []
    let aside = try AsideFolder(below: root.openDirectory(ControlFolder.name), policy, durability)
    func makeRoom(for kind: FileStatus.Kind, at name: String) throws(SyscallError) {
      let wanted = "unused-" + name.map { $0 == "/" ? "-" : $0 }
      guard let moved = try aside.makeRoom(for: kind, at: name, in: root, as: wanted)
      else { return }
      done.append("\(name) was \(moved.found.words); it is now .ocitx/displaced/\(moved.saved)")
    }
    if !ImageLayout.hasMarker(in: root, path) {
      // A rename replaces whatever else is in its place.
      if try root.status(of: LayoutPaths.marker)?.kind == .directory {
        try makeRoom(for: .regular, at: LayoutPaths.marker)
      }
      try replaceMarker(of: root, policy, durability)
      done.append("oci-layout was written again")
    }
    if !isFolder(LayoutPaths.blobs, in: root) {
      try makeRoom(for: .directory, at: LayoutPaths.blobs)
    }
    // What is behind a link belongs to somebody else.
    if try root.status(of: LayoutPaths.blobs)?.kind == .directory {
      for folder in try ImageLayout.strangeFolders(in: root) {
        try makeRoom(for: .directory, at: folder.name)
      }
    }
    if try root.createDirectory(LayoutPaths.blobs, policy: policy, "repair.create-blobs") {
      try durability.sync(root, "repair.sync-layout")
      done.append("blobs/ was gone, and has been made anew")
    }
    return ImageLayout.hasMarker(in: root, path) && isFolder(LayoutPaths.blobs, in: root)
      ? done : nil
  }

  /// Whether a name is that of a folder or of a link that leads to one.
  private static func isFolder(_ name: String, in root: OpenDirectory) -> Bool {
    ((try? root.status(of: name, followingLinks: true)) ?? nil)?.kind == .directory
  }

  private static func replaceMarker(
    of root: OpenDirectory, _ policy: CreationPolicy, _ durability: Durability
  ) throws(SyscallError) {
    let stage = try root.openDirectory(ControlFolder.name)
      .openOrCreateDirectory(ControlFolder.Names.stage, policy: policy, "repair.create-stage")
    let name = LayoutPaths.marker
    try stage.remove(name, "repair.remove-marker")
    let file = try stage.createFile(name, policy: policy, "repair.create-marker")
    try file.write(LayoutPaths.markerContent, "repair.write-marker")
    try durability.sync(file, "repair.sync-marker")
    try stage.rename(name, to: root, as: name, "repair.publish-marker")
    try durability.sync(root, "repair.sync-layout")
  }
}

extension ImageLayout {
  /// Opens a layout, also one that is damaged and has a history: that can be read, and tells `recover` how
  /// to mend it.
  ///
  /// - Throws: ``LayoutError`` for anything else that cannot be opened.
  public static func openForHistory(_ path: String) throws(LayoutError) -> ImageLayout {
    do throws(LayoutError) { return try ImageLayout.open(path) } catch {
      guard case .damaged = error else { throw error }
      return try ImageLayout(openingDamaged: path)
    }
  }
}

extension LayoutError {
  /// Why there is no index to be had, where the history can make one; nil for any other failure.
  package var damage: String? {
    switch self {
    case .tornFile(_, let reason), .invalidDocument(_, let reason): reason
    case .linkedPart(_, let target): "it is a symbolic link to \(target)"
    case .system where isAbsence: "it is missing"
    default: nil
    }
  }

  /// Whether there is no file at all.
  var isAbsence: Bool {
    if case .system(let error) = self { error.isNotFound } else { false }
  }

  /// The error of a layout with a history, whose index.json another tool took away or replaced while
  /// somebody waited for the lock.
  func asDamage(of path: String) -> LayoutError {
    switch self {
    case .invalidDocument, .system:
      damage.map { .damaged(path: path, reason: "index.json: " + $0) } ?? self
    default: self
    }
  }
}
