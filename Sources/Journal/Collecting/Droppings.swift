public import Store

/// What other tools leave in a layout's folder when they die.
public enum Droppings {
  /// How old skopeo's must be, in seconds: nothing tells whether their process lives.
  static let untouchedFor: Int64 = 86400
  /// How long an empty folder of umoci's is given to be locked, in milliseconds: umoci makes it first.
  private static let lockedWithin: UInt32 = 50

  /// Finds them and calls `body` for each; sorted by name.
  ///
  /// umoci's `.umoci-*` are nobody's when they can be locked, and are locked while `body` runs.
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
        } else if name.hasPrefix(".umoci-"), try isNobodys(name, status, in: root, body) {
          found.append(name)
        }
      }
    } catch {
      throw .system(error)
    }
    return found
  }

  private static func isNobodys(
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
      // Its owner was faster, or it is none of our business.
      if error.isNotFound || error.isPermission || error.isLinkLoop { return false }
      throw error
    }
  }
}

extension OpenDirectory {
  /// Removes a dropping and everything in it.
  ///
  /// - Returns: What kept something of it from being removed.
  public func remove(dropping name: String) -> SyscallError? {
    do throws(SyscallError) { try removeTree(name, "droppings.remove") } catch { return error }
    return nil
  }
}
