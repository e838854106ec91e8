internal import Store

extension LayerGenerator {
  /// Adds what has changed in a root file system: files as they are on disk now, and whiteouts for
  /// what is gone.
  ///
  /// - Parameters:
  ///   - changes: The changes, sorted by the bytes of their paths.
  ///   - rootfs: The root of the tree.
  ///   - isRootless: Whether to read what keeps its own owner out.
  /// - Throws: ``LayerGenerationError``, ``SyscallError``.
  package func add(
    _ changes: [RootfsChange], of rootfs: String, isRootless: Bool
  ) throws {
    let folders = try SourceFolders(root: rootfs, isRootless: isRootless)
    for change in changes {
      let path = try LayerPath.clean(change.path)
      guard change.kind != .removed else {
        try addWhiteout(of: path)
        continue
      }
      do {
        switch try folders.item(at: change.path) {
        case .folder(let folder): try add(folder, at: path)
        case .file(let file, let folder):
          // What was there before is gone, whatever is there now.
          if file.status.kind == .socket, change.kind == .modified { try addWhiteout(of: path) }
          try add(file, in: folder, at: path)
        }
      } catch let error as WalkError {
        throw LayerGenerationError.changedWhileRead(path: error.path, .replaced)
      }
    }
  }
}
