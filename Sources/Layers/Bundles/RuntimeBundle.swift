internal import CLinux
internal import Glibc
package import Store

/// A runtime bundle that is being made: hidden until it is whole (umoci-behaviour §2.1, §2.2).
///
/// Everything is built in a folder of mode 0700 with a name of our own, which is locked for as long
/// as this process lives. Where the bundle's path is free, that folder lies beside it and gets its
/// name at the end. Where it is a folder already, it lies in there, and its parts are moved out at
/// the end, `umoci.json` last. What a killed process leaves is never a bundle, and the next attempt
/// for the same path removes it.
package final class RuntimeBundle {
  /// The name of the root file system in a bundle.
  package static let rootfsName = "rootfs"
  static let stageName = ".umoci-tx-unpack"

  /// How the hidden folder becomes the bundle.
  enum Place {
    /// It lies in `parent` beside the bundle's future name.
    case beside(parent: OpenDirectory, name: String)
    /// It lies in the bundle's folder, which was there before.
    case inside(OpenDirectory)
  }

  /// The bundle's path, as the user gave it.
  package let path: String
  let place: Place
  let stage: StageFolder

  private init(path: String, place: Place, stage: StageFolder) {
    self.path = path
    self.place = place
    self.stage = stage
  }

  /// Makes a bundle, or nothing.
  ///
  /// - Parameters:
  ///   - path: Where the bundle is to be. A missing folder is made, and so are those above it; a
  ///     folder that is there must have neither a `config.json` nor a `rootfs`.
  ///   - isDurable: Whether everything is to be on stable storage when this returns. Else a power
  ///     cut soon after may lose the bundle or leave it damaged.
  ///   - fill: Puts the parts in and says what the bundle was made from.
  /// - Throws: What `fill` throws; ``BundleError`` when something is in the way, which stays as it
  ///   is; ``SyscallError``. The path is as it was before then, but for what a power cut leaves.
  package static func make(
    at path: String, isDurable: Bool = false, _ fill: (RuntimeBundle) throws -> BundleMetadata
  ) throws {
    let destination = try BundleDestination.find(path)
    do {
      let bundle = try begin(destination)
      do {
        let metadata = try fill(bundle)
        try bundle.reveal(metadata, isDurable: isDurable)
      } catch {
        bundle.abandon()
        throw error
      }
    } catch {
      destination.removeCreatedParents()
      throw error
    }
  }

  private static func begin(_ destination: BundleDestination) throws -> RuntimeBundle {
    switch destination.place {
    case .beside(let parent, let name):
      let stage = try StageFolder(in: parent, named: stageName(beside: name))
      return RuntimeBundle(path: destination.path, place: destination.place, stage: stage)
    case .inside(let folder):
      let stage = try StageFolder(in: folder, named: stageName) { stage throws(SyscallError) in
        try takeBack(from: folder, into: stage)
      }
      for name in [RuntimeConfig.fileName, rootfsName]
      where try folder.status(of: name) != nil {
        stage.remove()
        throw BundleError.exists(path: folder.path(of: name))
      }
      return RuntimeBundle(path: destination.path, place: destination.place, stage: stage)
    }
  }

  static func stageName(beside name: String) -> String {
    let hidden = "\(stageName).\(name)"
    // NAME_MAX is 255 bytes.
    return hidden.pathBytes.count <= 255
      ? hidden : "\(stageName).\(Digest.sha256(of: name.pathBytes).encoded)"
  }
}

// MARK: - Filling

extension RuntimeBundle {
  /// The path of the root file system while the bundle is being made.
  package var stagedRootfsPath: String { stage.folder.path(of: Self.rootfsName) }

  /// The hidden folder's path, for temporary files.
  package var stagePath: String { stage.folder.path }

  /// The absolute path that the bundle will have, with every symbolic link above it resolved.
  package func resolvedPath() throws(SyscallError) -> String {
    switch place {
    case .beside(let parent, let name):
      let above = try parent.resolvedPath()
      return above.hasSuffix("/") ? above + name : above + "/" + name
    case .inside(let folder): return try folder.resolvedPath()
    }
  }

  /// Makes the folder of the root file system, mode 0755.
  package func makeRootfs() throws(SyscallError) -> OpenDirectory {
    let point: FailPoint = "bundle.make-rootfs"
    try stage.folder.createDirectory(Self.rootfsName, policy: CreationPolicy(), point)
    return try stage.folder.openDirectory(Self.rootfsName)
  }

  /// Writes the runtime configuration.
  package func write(_ config: RuntimeConfig) throws(SyscallError) {
    try write(config.serialized(), to: RuntimeConfig.fileName, "bundle.write-config")
  }

  /// Writes the mtree file of the manifest that is unpacked.
  ///
  /// - Parameters:
  ///   - manifest: The manifest's digest, which names the file.
  ///   - body: Writes the text, piece by piece.
  /// - Returns: The SHA-256 of the text, 32 bytes.
  /// - Throws: What `body` throws; ``BundleError/exists(path:)``; ``SyscallError``.
  @discardableResult
  package func writeMtree(
    for manifest: Digest, _ body: (BundleFile) throws -> Void
  ) throws -> [UInt8] {
    let name = BundleMetadata.mtreeFileName(for: manifest)
    if case .inside(let folder) = place, try folder.status(of: name) != nil {
      throw BundleError.exists(path: folder.path(of: name))
    }
    let file = try BundleFile(creating: name, in: stage.folder, "bundle.write-mtree")
    try body(file)
    return try file.finish()
  }

  /// Writes the stat cache of the tree that was extracted, so that a repack need not read it.
  ///
  /// There is none when somebody changes the tree meanwhile.
  ///
  /// - Parameters:
  ///   - tree: The record of the extraction.
  ///   - mtree: The SHA-256 of the mtree file.
  package func writeStatCache(
    of tree: ExtractedTree, isRootless: Bool, mtree: [UInt8]
  ) throws {
    let name = StatCacheReader.fileName
    let file = try BundleFile(creating: name, in: stage.folder, "bundle.write-stat-cache")
    let isWhole = try StatCacheOfExtraction.write(
      tree, rootfs: stagedRootfsPath, isRootless: isRootless, mtree: mtree, to: file)
    try file.finish()
    if !isWhole { try stage.folder.remove(name, "bundle.remove-stat-cache") }
  }

  private func write(
    _ bytes: [UInt8], to name: String, _ point: FailPoint
  ) throws(SyscallError) {
    let file = try BundleFile(creating: name, in: stage.folder, point)
    try file.write(bytes)
    try file.finish()
  }
}

// MARK: - Ending

extension RuntimeBundle {
  /// Makes the bundle appear.
  private func reveal(_ metadata: BundleMetadata, isDurable: Bool) throws {
    try write(metadata.serialized(), to: BundleMetadata.fileName, "bundle.write-metadata")
    if isDurable { try stage.folder.syncFilesystem("bundle.sync") }
    switch place {
    case .beside(let parent, let name):
      do throws(SyscallError) {
        try parent.renameWithoutReplacing(stage.name, to: parent, as: name, "bundle.reveal")
      } catch  where error.isAlreadyThere {
        throw BundleError.exists(path: path)
      }
      if isDurable { try parent.sync("bundle.sync-parent") }
    case .inside(let folder):
      try moveOut(metadata, to: folder)
      stage.remove()
      if isDurable { try folder.sync("bundle.sync-parent") }
    }
  }

  /// Moves the parts into the bundle's own folder: what makes it a bundle comes last.
  private func moveOut(_ metadata: BundleMetadata, to folder: OpenDirectory) throws {
    // Before anything with a set-user-id bit can be reached (umoci-behaviour §2.2).
    try RuntimeBundle.makePrivate(folder)
    var moved: [String] = []
    do {
      for name in [metadata.mtreeFileName, Self.rootfsName, RuntimeConfig.fileName]
      where try stage.folder.status(of: name) != nil {
        try stage.folder.renameWithoutReplacing(name, to: folder, as: name, "bundle.reveal-part")
        moved.append(name)
      }
      let cache = StatCacheReader.fileName
      // One that an earlier bundle has left here is of no use any more.
      try folder.remove(cache, "bundle.remove-stat-cache")
      if try stage.folder.status(of: cache) != nil {
        try stage.folder.rename(cache, to: folder, as: cache, "bundle.reveal-part")
        moved.append(cache)
      }
      let last = BundleMetadata.fileName
      try stage.folder.rename(last, to: folder, as: last, "bundle.reveal")
    } catch {
      for name in moved {
        try? folder.rename(name, to: stage.folder, as: name, "bundle.take-back")
      }
      throw error
    }
  }

  /// Removes what a killed process has moved out already of a bundle that it never finished.
  ///
  /// It had begun to only if its stage holds `umoci.json`, which leaves last; what it had not moved
  /// yet is still there.
  private static func takeBack(
    from folder: OpenDirectory, into stage: OpenDirectory
  ) throws(SyscallError) {
    guard try stage.status(of: BundleMetadata.fileName) != nil else { return }
    let file = try stage.openFile(BundleMetadata.fileName)
    var names = [rootfsName, RuntimeConfig.fileName, StatCacheReader.fileName]
    if let bytes = try file.readToEnd(limit: BundleMetadata.maximumSize),
      let metadata = try? BundleMetadata(parsing: bytes, named: file.path)
    {
      names.append(metadata.mtreeFileName)
    }
    for name in names {
      guard try stage.status(of: name) == nil, try folder.status(of: name) != nil else { continue }
      try folder.renameWithoutReplacing(name, to: stage, as: name, "bundle.take-back")
    }
  }

  /// Removes all that was made.
  private func abandon() { stage.remove() }

  static func makePrivate(_ folder: OpenDirectory) throws(SyscallError) {
    let point: FailPoint = "bundle.make-private"
    try point.perform("fchmod", on: folder.path) { Int(fchmod(folder.descriptor, 0o700)) }
  }
}
