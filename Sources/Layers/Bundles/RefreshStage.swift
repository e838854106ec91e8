package import Store

/// The new files of a bundle while they are being put together, in a hidden folder of it.
///
/// The folder belongs to this process until the stage goes. Unless it was handed over, it is removed
/// then.
package final class RefreshStage {
  private static let mtreeName = "mtree"
  private static let cacheName = "stat-cache"

  private let bundle: OpenDirectory
  private let stage: StageFolder
  private var isHandedOver = false
  private var mtree: BundleFile?
  private var cache: BundleFile?

  /// One of the files.
  package struct File {
    /// The name in the hidden folder.
    package let stagedName: String
    /// The name in the bundle.
    package let name: String
    /// The digest of its content.
    package let digest: Digest
  }

  /// Makes the folder; what a dead process has left in it is removed.
  ///
  /// - Parameters:
  ///   - bundle: The bundle.
  ///   - name: The folder's name.
  /// - Throws: ``BundleError/refreshing(path:)`` when another process refreshes the bundle;
  ///   ``SyscallError``.
  package init(in bundle: OpenDirectory, named name: String) throws {
    self.bundle = bundle
    do {
      stage = try StageFolder(in: bundle, named: name)
    } catch BundleError.busy {
      throw BundleError.refreshing(path: bundle.path)
    }
  }

  deinit { if !isHandedOver { stage.remove() } }

  /// Whether a dead process has left a folder of that name in a bundle.
  package static func isAbandoned(
    in bundle: OpenDirectory, named name: String
  ) throws(SyscallError) -> Bool {
    do throws(SyscallError) {
      return try !FileLock.isHeld(bundle.openFile(name))
    } catch {
      if error.isNotFound { return false }
      throw error
    }
  }

  /// Makes a record of the tree; to be called before the walk begins.
  package func makeRecorder(
    header: MtreeHeader, rootfs: FileStatus
  ) throws -> BundleRecorder {
    let mtree = try BundleFile(creating: Self.mtreeName, in: stage.folder, "refresh.write-mtree")
    let cache = try BundleFile(
      creating: Self.cacheName, in: stage.folder, "refresh.write-stat-cache")
    (self.mtree, self.cache) = (mtree, cache)
    return try BundleRecorder(mtree: mtree, cache: cache, header: header, rootfs: rootfs)
  }

  /// Throws away what was recorded.
  package func discardRecord() throws(SyscallError) {
    for name in [Self.mtreeName, Self.cacheName] {
      try stage.folder.remove(name, "refresh.discard")
    }
  }

  /// Ends the stage with what the bundle will be based on; all of it is on stable storage then (full
  /// durability).
  ///
  /// - Returns: The files in the order in which they take their places.
  package func finish(
    _ metadata: BundleMetadata, _ durability: Durability
  ) throws -> [File] {
    let name = BundleMetadata.fileName
    let last = try BundleFile(creating: name, in: stage.folder, "refresh.write-metadata")
    try last.write(metadata.serialized())
    let names = [
      (Self.mtreeName, metadata.mtreeFileName), (Self.cacheName, StatCacheReader.fileName),
      (name, name),
    ]
    var files: [File] = []
    for ((staged, name), file) in zip(names, [mtree, cache, last]) {
      guard let file else { continue }
      let hash = try file.finish(durability, "refresh.sync-file")
      let digest = try Digest(
        parsing: "sha256:" + String(decoding: hash.hexadecimal, as: UTF8.self))
      files.append(File(stagedName: staged, name: name, digest: digest))
    }
    try durability.sync(stage.folder, "refresh.sync-stage")
    try durability.sync(bundle, "refresh.sync-bundle")
    return files
  }

  /// The files are somebody else's to move or to remove from now on.
  package func handOver() { isHandedOver = true }
}
