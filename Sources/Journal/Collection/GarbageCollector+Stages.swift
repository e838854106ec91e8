internal import Store

/// What others are at work on.
extension GarbageCollector {
  /// The inodes of everything that living operations have staged.
  func stagedInodes(sparing ownID: OperationID) throws(JournalError) -> Set<UInt64> {
    var inodes: Set<UInt64> = []
    guard let stage = control?.stage else { return [] }
    do throws(SyscallError) {
      for name in try stage.entryNames() where name != ownID.text {
        try Self.addInodes(in: stage, name, depth: 8, to: &inodes)
      }
    } catch {
      throw .system(error)
    }
    return inodes
  }

  private static func addInodes(
    in folder: OpenDirectory, _ name: String, depth: Int, to inodes: inout Set<UInt64>
  ) throws(SyscallError) {
    guard depth > 0, let status = try folder.status(of: name) else { return }
    if status.kind == .regular { inodes.insert(status.inode) }
    guard status.kind == .directory else { return }
    do throws(SyscallError) {
      let child = try folder.openDirectory(name)
      for entry in try child.entryNames() {
        try addInodes(in: child, entry, depth: depth - 1, to: &inodes)
      }
    } catch {
      // Its operation ends just now.
      guard error.isNotFound else { throw error }
    }
  }
}
