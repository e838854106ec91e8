internal import Store

/// Who is alive: `.ocitx/live/<id>`, flocked from the birth of an operation to its end.
///
/// It is locked under another name first and only then appears as `<id>`, so that nobody can find
/// it unlocked while its process lives.
struct LivenessLocks {
  private final class Holder {
    let lock: FileLock
    init(_ lock: consuming FileLock) { self.lock = consume lock }
  }

  let folder: OpenDirectory
  let policy: CreationPolicy

  /// Announces an operation.
  func announce(_ id: OperationID) throws(SyscallError) -> Announcement {
    while true {
      let hidden = "." + id.text
      let file = try folder.openOrCreateFile(hidden, policy: policy, "live.create")
      guard let lock = try FileLock.tryAcquire(file) else {
        // A clean-up has just found it; it will be gone in a moment.
        Pause.milliseconds(1)
        continue
      }
      do throws(SyscallError) {
        try folder.rename(hidden, to: folder, as: id.text, "live.reveal")
      } catch {
        // Another process's clean-up was faster than our lock.
        if error.isNotFound { continue }
        throw error
      }
      let (holder, folder) = (Holder(lock), folder)
      return Announcement(id, descriptor: holder.lock.descriptor) { () throws(SyscallError) in
        // The name goes first: nobody finds it unlocked.
        try folder.remove(id.text, "live.remove")
        withExtendedLifetime(holder) {}
      }
    }
  }

  /// Whether the file of a name is there, and locked.
  func liveness(of name: String) throws(SyscallError) -> Liveness {
    guard let status = try folder.status(of: name) else { return .absent }
    guard status.kind == .regular else { return .strange }
    do throws(SyscallError) {
      return try FileLock.isHeld(folder.openFile(name)) ? .alive : .dead
    } catch {
      if error.isNotFound { return .absent }
      if error.isPermission { return .withheld }
      throw error
    }
  }

  /// Takes the lock of a file that nobody holds any more, and holds it while `body` runs.
  ///
  /// Whoever's file may not be opened counts as living.
  func withDead(
    _ name: String, _ body: () throws(JournalError) -> Void
  ) throws(JournalError) {
    let lock: FileLock?
    do throws(SyscallError) {
      lock = try FileLock.tryAcquire(folder.openFileForLocking(name))
    } catch {
      // Its owner has just ended, or just revealed it.
      if error.isNotFound || error.isPermission { return }
      throw .system(error)
    }
    if lock != nil { try body() }
  }
}
