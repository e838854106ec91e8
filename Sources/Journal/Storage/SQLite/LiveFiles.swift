internal import Store

/// The sign that an operation is alive: `.ocitx/live/<id>`, flocked from its birth to its end.
///
/// It is locked under another name first and only then appears as `<id>`, so that nobody can find
/// it unlocked while its process lives.
struct LiveFile: ~Copyable {
  let id: OperationID
  private let lock: FileLock
  private let folder: OpenDirectory

  /// Announces an operation.
  init(announcing id: OperationID, in control: ControlFolder) throws(JournalError) {
    do throws(SyscallError) {
      while true {
        let hidden = "." + id.text
        let file = try control.live.openOrCreateFile(hidden, policy: control.policy, "live.create")
        guard let lock = try FileLock.tryAcquire(file) else {
          // A clean-up has just found it; it will be gone in a moment.
          Pause.milliseconds(1)
          continue
        }
        do throws(SyscallError) {
          try control.live.rename(hidden, to: control.live, as: id.text, "live.reveal")
        } catch {
          // Another process's clean-up was faster than our lock.
          if error.isNotFound { continue }
          throw error
        }
        self.id = id
        self.lock = lock
        folder = control.live
        return
      }
    } catch {
      throw .system(error)
    }
  }

  /// The locked file: whoever inherits it keeps the operation alive.
  var descriptor: Int32 { lock.descriptor }

  /// Ends the announcement; the very last thing an operation does.
  consuming func remove() throws(SyscallError) {
    try folder.remove(id.text, "live.remove")
  }

  /// Looks after another process's operation when that process is dead.
  ///
  /// Whoever's file may not be opened counts as living.
  ///
  /// - Parameter body: Cleans up after the dead operation; runs while its lock is held.
  static func withDead(
    _ name: String, in control: ControlFolder, _ body: () throws(JournalError) -> Void
  ) throws(JournalError) {
    let lock: FileLock?
    do throws(SyscallError) {
      lock = try FileLock.tryAcquire(control.live.openFileForLocking(name))
    } catch {
      // Its owner has just ended, or just revealed it.
      if error.isNotFound || error.isPermission { return }
      throw .system(error)
    }
    if lock != nil { try body() }
  }
}
