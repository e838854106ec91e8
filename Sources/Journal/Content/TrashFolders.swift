package import Store

/// What garbage collection has withdrawn: `.ocitx/trash/<gc operation>/<algorithm>/<digest>`.
///
/// Reading only.
package struct TrashFolders {
  private let folder: OpenDirectory?

  init(_ control: ControlFolder) {
    folder = try? control.directory.openDirectory(ControlFolder.Names.trash)
  }

  /// The operations that have withdrawn something, sorted; what is being deleted is left out.
  package func names() throws(SyscallError) -> [String] {
    try (folder?.entryNames() ?? []).filter { !$0.hasPrefix(TrashFolder.expiredPrefix) }
  }

  /// One operation's folder.
  package func open(_ name: String) throws(SyscallError) -> OpenDirectory? {
    try folder?.openDirectory(name)
  }

  /// The folder in which a withdrawn blob lies, newest name first, and the blob's path in it.
  ///
  /// Its content is not verified.
  func find(_ digest: Digest) throws(SyscallError) -> (folder: OpenDirectory, path: String)? {
    let path = BlobStore.relativePath(of: digest)
    for name in try names().reversed() {
      guard let folder = try? open(name), let status = try folder.status(of: path),
        status.kind == .regular
      else { continue }
      return (folder, path)
    }
    return nil
  }
}
