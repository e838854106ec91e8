public import Store

/// The temporary files that other tools leave in the folder of a layout when they die.
public enum StaleTemporaryFiles {
  /// How old skopeo's must be, in seconds: nothing tells whether their process lives.
  static let untouchedFor: Int64 = 86400
  /// How long an empty folder of umoci's is given to be locked, in milliseconds: umoci makes it first.
  private static let lockedWithin: UInt32 = 50

  /// Finds them and calls `body` for each; sorted by name.
  ///
  /// umoci's `.umoci-*` are abandoned when they can be locked; they are locked while `body` runs.
  ///
  /// - Returns: The names for which `body` gave true.
  public static func find(
    in layout: ImageLayout, now: Timestamp,
    _ body: (OpenDirectory, String) throws(SyscallError) -> Bool
  ) throws(JournalError) -> [String] {
    var found: [String] = []
    do throws(SyscallError) {
      let root = layout.root
      for name in try root.entryNames() {
        guard let status = try root.status(of: name) else { continue }
        let age = now.secondsSinceEpoch - status.changeTime.seconds
        if name.hasPrefix("oci-put-blob"), status.kind == .regular {
          if age > untouchedFor, try body(root, name) { found.append(name) }
        } else if name.hasPrefix(".umoci-"), try isAbandoned(name, status, in: root, body) {
          found.append(name)
        }
      }
    } catch {
      throw .system(error)
    }
    return found
  }

  private static func isAbandoned(
    _ name: String, _ status: FileStatus, in root: OpenDirectory,
    _ body: (OpenDirectory, String) throws(SyscallError) -> Bool
  ) throws(SyscallError) -> Bool {
    guard status.kind == .directory || status.kind == .regular else { return false }
    do throws(SyscallError) {
      if status.kind == .directory, try root.openDirectory(name).entryNames().isEmpty {
        Pause.milliseconds(lockedWithin)
      }
      guard let lock = try FileLock.tryAcquire(root.openFileForLocking(name)) else { return false }
      let isDone = try body(root, name)
      lock.release()
      return isDone
    } catch {
      // Its owner has removed it meanwhile, or it may not be opened.
      if error.isNotFound || error.isPermission || error.isLinkLoop { return false }
      throw error
    }
  }
}

extension OpenDirectory {
  /// Removes a stale temporary file or folder, with everything in it.
  ///
  /// - Returns: What kept something of it from being removed.
  public func remove(staleFile name: String) -> SyscallError? {
    do throws(SyscallError) { try removeTree(name, "stale-files.remove") } catch { return error }
    return nil
  }
}
