internal import Store

/// Moves the staged files of a bundle into their places, or removes them.
///
/// Every action may be repeated: a crash in the middle is just another start.
struct BundleMover {
  /// What became of a refresh.
  enum Outcome: Equatable {
    /// The bundle is what it shall be.
    case done
    /// There is no bundle at the path, or it is not mounted.
    case gone
    /// It will never be done; the bundle is as it was.
    case impossible(reason: String)
    /// Somebody else is at it.
    case busy
  }

  /// The lock of the staged files, as far as there are any: whoever holds it may move them.
  private struct Claim: ~Copyable {
    let lock: FileLock?
    let isBusy: Bool
  }

  let refresh: BundleRefresh
  let durability: Durability
  /// Whether this process has locked the staged files when it made them.
  let isStageOurs: Bool

  /// Finishes a refresh: the bundle is what it shall be, and stays so after a power cut (full
  /// durability).
  ///
  /// - Throws: ``SyscallError`` when the bundle cannot be written or looked at now.
  func rollForward() throws(SyscallError) -> Outcome {
    guard let folder = try open(refresh.bundle) else { return .gone }
    let claim = try claim(in: folder)
    if claim.isBusy { return .busy }
    let base = try LeasedBundle.base(of: folder)
    if base == refresh.manifest.digest {
      // A crash may have come between the rename and the end, or a repack without any change.
      if try stage(in: folder) == nil {
        try tidyUp(folder)
        return .done
      }
    } else if base != refresh.base {
      return .impossible(reason: "it was unpacked or refreshed anew since")
    }
    guard let stage = try stage(in: folder) else {
      return .impossible(reason: "its staged files are gone")
    }
    var staged: [BundleRefresh.File] = []
    for file in refresh.files where try stage.status(of: file.stagedName) != nil {
      staged.append(file)
    }
    for file in staged where try !isWhole(file, in: stage) {
      return .impossible(reason: "\(file.stagedName) is damaged")
    }
    guard
      staged.count == refresh.files.count || base == refresh.manifest.digest
        || staged.last == refresh.files.last
    else { return .impossible(reason: "a staged file is gone") }
    try move(staged, from: stage, to: folder)
    return .done
  }

  private func move(
    _ files: [BundleRefresh.File], from stage: OpenDirectory, to folder: OpenDirectory
  ) throws(SyscallError) {
    for file in files {
      // What the last file speaks of must be there before it.
      if file == refresh.files.last { try durability.sync(folder, "refresh.sync-files") }
      try stage.rename(file.stagedName, to: folder, as: file.name, "refresh.move")
    }
    try durability.sync(folder, "refresh.sync-bundle")
    try tidyUp(folder)
  }

  /// Removes what a refreshed bundle does not need, and makes sure that it does not come back.
  private func tidyUp(_ folder: OpenDirectory) throws(SyscallError) {
    if let obsolete = refresh.obsolete, try folder.status(of: obsolete) != nil {
      try folder.remove(obsolete, "refresh.remove-old")
    }
    // What stays of it is in nobody's way: `recover` and the next repack of the bundle try again.
    try? folder.removeTree(BundleRefresh.stageName, "refresh.remove-stage")
    try durability.sync(folder, "refresh.sync-removal")
  }

  /// Removes the staged files of an operation that has not happened.
  ///
  /// - Returns: `done`, `gone` or `busy`.
  func rollBack() throws(SyscallError) -> Outcome {
    guard let folder = try open(refresh.bundle) else { return .gone }
    let claim = try claim(in: folder)
    if claim.isBusy { return .busy }
    // Another operation may have begun to stage there.
    if try findsItsStage(in: folder) {
      try? folder.removeTree(BundleRefresh.stageName, "refresh.remove-stage")
    }
    return .done
  }

  /// Whether the staged files of this very refresh are at the path, wherever the path is meant.
  var findsItsStage: Bool {
    do throws(SyscallError) {
      guard let folder = try open(refresh.bundle) else { return false }
      return try findsItsStage(in: folder)
    } catch {
      return false
    }
  }

  private func findsItsStage(in folder: OpenDirectory) throws(SyscallError) -> Bool {
    guard let stage = try stage(in: folder), let last = refresh.files.last else { return false }
    guard try stage.status(of: last.stagedName) != nil else { return false }
    return try isWhole(last, in: stage)
  }

  private func claim(in folder: OpenDirectory) throws(SyscallError) -> Claim {
    if isStageOurs { return Claim(lock: nil, isBusy: false) }
    do throws(SyscallError) {
      let lock = try FileLock.tryAcquire(folder.openFile(BundleRefresh.stageName))
      let isBusy = lock == nil
      return Claim(lock: lock, isBusy: isBusy)
    } catch {
      guard error.isNotFound else { throw error }
      return Claim(lock: nil, isBusy: false)
    }
  }

  /// Removes the staged files of a dead process.
  static func removeAbandonedStage(in bundle: String) throws(SyscallError) {
    let name = BundleRefresh.stageName
    do throws(SyscallError) {
      let folder = try OpenDirectory.open(bundle)
      guard let lock = try FileLock.tryAcquire(folder.openFile(name)) else { return }
      try folder.removeTree(name, "refresh.remove-stage")
      lock.release()
    } catch {
      guard error.leadsNowhere else { throw error }
    }
  }

  private func open(_ path: String) throws(SyscallError) -> OpenDirectory? {
    do throws(SyscallError) {
      return try OpenDirectory.open(path)
    } catch {
      if error.leadsNowhere { return nil }
      throw error
    }
  }

  private func stage(in folder: OpenDirectory) throws(SyscallError) -> OpenDirectory? {
    do throws(SyscallError) {
      return try folder.openDirectory(BundleRefresh.stageName)
    } catch {
      if error.isNotFound { return nil }
      throw error
    }
  }

  private func isWhole(
    _ file: BundleRefresh.File, in stage: OpenDirectory
  ) throws(SyscallError) -> Bool {
    let opened = try stage.openFile(file.stagedName)
    guard try opened.status().kind == .regular, try !opened.isHollow(),
      var hasher = try? ContentHasher(file.digest.algorithm)
    else { return false }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = try opened.read(into: buffer)
      if count == 0 { return hasher.finalize() == file.digest }
      hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }
}

extension BundleMover {
  /// Removes what was staged for bundles by an operation that certainly has not happened; best effort.
  static func rollBack(all refreshes: [BundleRefresh]) {
    for refresh in refreshes {
      _ = try? BundleMover(refresh: refresh, durability: .relaxed, isStageOurs: true).rollBack()
    }
  }
}
