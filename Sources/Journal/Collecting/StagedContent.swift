internal import Store

/// What operations at work have in their stages.
struct StagedContent {
  /// The inodes of all files, as far as this user may look.
  private(set) var inodes: Set<UInt64> = []
  /// The blobs that the tools under `exec` see, by their names.
  private(set) var viewed: Set<Digest> = []

  /// How deep a stage is looked into: a blob of a view lies four folders below it.
  private static let depth = 8

  /// Nothing.
  init() {}

  /// Looks into the stages of all living operations but one.
  init(
    _ control: ControlFolder, _ storage: any JournalStorage, except ownID: OperationID
  ) throws(JournalError) {
    let stages = try control.system { () throws(SyscallError) in try control.stage.entryNames() }
    // What could not be removed of an ended one needs nothing.
    let announced = Set(try storage.announcements())
    do throws(SyscallError) {
      for name in stages where name != ownID.text && announced.contains(name) {
        try add(name, in: control.stage, named: "", Self.depth)
      }
    } catch {
      throw .system(error)
    }
  }

  private mutating func add(
    _ name: String, in folder: OpenDirectory, named folderName: String, _ depth: Int
  ) throws(SyscallError) {
    do throws(SyscallError) {
      guard depth > 0, let status = try folder.status(of: name) else { return }
      if status.kind == .regular {
        inodes.insert(status.inode)
        if let digest = try? Digest(parsing: folderName + ":" + name) { viewed.insert(digest) }
      }
      guard status.kind == .directory else { return }
      let child = try folder.openDirectory(name)
      for entry in try child.entryNames() { try add(entry, in: child, named: name, depth - 1) }
    } catch {
      // Its operation ends just now; or a tool has made what is nobody else's business.
      guard error.isNotFound || error.isPermission || error.isLinkLoop else { throw error }
    }
  }
}
