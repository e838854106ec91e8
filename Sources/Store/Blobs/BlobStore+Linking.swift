/// Bringing blobs into the layout. A blob is linked in complete and synced, or not at all.
extension BlobStore {
  /// Links staged blobs to their places and makes their names durable.
  ///
  /// What is already there is trusted only after its size and digest were verified; a bad one is
  /// replaced by rename, so that no reader ever sees a half.
  public func link(
    _ blobs: [StagedBlob], from stage: StagingArea
  ) throws(BlobError) {
    var folders: [String: OpenDirectory] = [:]
    for blob in blobs {
      let algorithm = blob.digest.algorithm.name
      do throws(SyscallError) {
        let folder: OpenDirectory
        if let known = folders[algorithm] {
          folder = known
        } else {
          folder = try openFolder(of: algorithm, stage.durability)
          folders[algorithm] = folder
        }
        try link(blob, from: stage, into: folder)
      } catch {
        throw error.isFolderInTheWay ? .notAFile(blob.digest) : .system(error)
      }
    }
    for (_, folder) in folders.sorted(by: { $0.key < $1.key }) {
      do throws(SyscallError) { try stage.durability.sync(folder, "blobs.sync-folder") } catch {
        throw .system(error)
      }
    }
  }

  /// The folder of an algorithm's blobs, created when it is missing.
  package func openFolder(
    of algorithm: String, _ durability: Durability
  ) throws(SyscallError) -> OpenDirectory {
    do throws(SyscallError) {
      return try directory.openDirectory(algorithm)
    } catch {
      guard error.isNotFound else { throw error }
    }
    try directory.createDirectory(algorithm, policy: policy, "blobs.create-folder")
    try durability.sync(directory, "blobs.sync-folder")
    return try directory.openDirectory(algorithm)
  }

  private func link(
    _ blob: StagedBlob, from stage: StagingArea, into folder: OpenDirectory
  ) throws(SyscallError) {
    do throws(SyscallError) {
      try stage.directory.link(blob.name, to: folder, as: blob.digest.encoded, "blobs.link")
    } catch {
      if error.isAlreadyThere {
        try replaceUnlessGood(blob, from: stage, in: folder)
      } else if error.isLinkRefused {
        // A file system without hard links: the stage gives its only name away.
        try stage.directory.rename(
          blob.name, to: folder, as: blob.digest.encoded, "blobs.move")
      } else {
        throw error
      }
    }
  }

  private func replaceUnlessGood(
    _ blob: StagedBlob, from stage: StagingArea, in folder: OpenDirectory
  ) throws(SyscallError) {
    // A link to a good file is replaced too: whoever owns its target does not know that we need it.
    let isLink = try folder.status(of: blob.digest.encoded)?.kind == .symbolicLink
    if !isLink, try isGood(blob), try makeDurable(blob.digest, stage.durability) { return }
    var spare = blob.name + ".replacement"
    do throws(SyscallError) {
      try stage.directory.link(blob.name, to: stage.directory, as: spare, "blobs.link-replacement")
    } catch {
      guard error.isLinkRefused else { throw error }
      spare = blob.name
    }
    try stage.directory.rename(spare, to: folder, as: blob.digest.encoded, "blobs.replace")
  }

  /// Whether the blob in the layout has the size and digest that its name promises.
  ///
  /// One that this user may not read cannot be trusted either.
  private func isGood(_ blob: StagedBlob) throws(SyscallError) -> Bool {
    do throws(BlobError) {
      try verify(blob.digest, size: blob.size)
      return true
    } catch {
      if case .system(let cause) = error, !cause.isPermission { throw cause }
      return false
    }
  }

  /// Reads a blob to its end and checks size and digest, in memory of constant size.
  public func verify(_ digest: Digest, size: Int64) throws(BlobError) {
    var reader = try openVerifying(digest, size: size)
    try reader.drain()
  }

  /// Opens a blob for reading with verification of its digest and of a size in bytes.
  package func openVerifying(_ digest: Digest, size: Int64) throws(BlobError) -> BlobReader {
    try BlobReader(try openUnverified(digest), expecting: digest, size: size)
  }

  /// Reads a file to its end and checks size and digest, in memory of constant size.
  package static func verify(
    _ name: String, in folder: OpenDirectory, _ digest: Digest, size: Int64,
    onBytes: (Int) -> Void = { _ in }
  ) throws(BlobError) {
    let file: OpenFile
    do throws(SyscallError) { file = try folder.openFile(name) } catch { throw .system(error) }
    var reader = try BlobReader(file, expecting: digest, size: size)
    try reader.drain(onBytes: onBytes)
  }

  /// Makes sure that a blob which somebody else wrote, and perhaps never synced, survives a power
  /// cut: its content is synced, its name is when the folder is.
  ///
  /// - Returns: False when somebody has taken it away meanwhile, a foreign gc for one.
  package func makeDurable(
    _ digest: Digest, _ durability: Durability
  ) throws(SyscallError) -> Bool {
    guard durability == .full else { return true }
    do throws(SyscallError) {
      let path = Self.relativePath(of: digest)
      try directory.openFile(path, followingLinks: true).sync("blobs.sync-present")
    } catch {
      if error.isNotFound { return false }
      // Another user's blob that we may not open: the whole file system is synced instead.
      guard error.isPermission else { throw error }
      try directory.syncFilesystem("blobs.sync-filesystem")
    }
    return true
  }

  /// Syncs the folders of blobs, so that the names in them are durable.
  package func syncFolders(
    _ algorithms: Set<String>, _ durability: Durability
  ) throws(SyscallError) {
    for algorithm in algorithms.sorted() {
      try durability.sync(try directory.openDirectory(algorithm), "blobs.sync-folder")
    }
  }
}

extension BlobReader {
  /// Reads the rest for the sake of its verification only.
  package mutating func drain(onBytes: (Int) -> Void = { _ in }) throws(BlobError) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = try read(into: buffer)
      if count == 0 { break }
      onBytes(count)
    }
    try finish()
  }
}
