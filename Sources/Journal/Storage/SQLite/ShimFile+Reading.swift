internal import CSQLite
internal import Glibc
internal import Store

/// Reading a database beside what a dead writer has left.
///
/// SQLite refuses to read a database whose rollback journal is hot to whoever cannot play it back. A reader's
/// VFS hides the journal from it, and reads the saved pages in the place of the changed ones.
extension ShimFile {
  /// Locks like xLock; a reader looks at the rollback journal as soon as nobody can play it back any more.
  func lock(_ level: Int32) -> Int32 {
    let code = Self.on(asFile, IOFailure.lock) { file, methods in methods.xLock(file, level) }
    guard code == SQLITE_OK, isReader, level == SQLITE_LOCK_SHARED else { return code }
    do throws(SyscallError) {
      saved = try leftBehind()
      return SQLITE_OK
    } catch {
      _ = Self.on(asFile, IOFailure.unlock) { file, methods in
        methods.xUnlock(file, SQLITE_LOCK_NONE)
      }
      return IOFailure.lock
    }
  }

  private func leftBehind() throws(SyscallError) -> RollbackJournal? {
    // Who has begun to change the database lives, and has changed nothing in it while we read.
    guard !isReserved, !isEmpty, let journal = try openJournal(),
      let saved = try RollbackJournal(journal), !isReserved
    else { return nil }
    return saved
  }

  private var isReserved: Bool {
    var answer: Int32 = 0
    _ = Self.on(asFile, IOFailure.checkLock) { file, methods in
      methods.xCheckReservedLock(file, &answer)
    }
    return answer != 0
  }

  private var isEmpty: Bool {
    var size: Int64 = 0
    _ = Self.on(asFile, IOFailure.status) { file, methods in methods.xFileSize(file, &size) }
    return size == 0
  }

  private func openJournal() throws(SyscallError) -> OpenFile? {
    guard let path else { return nil }
    let name = String(cString: path) + JournalingVFS.journalSuffix
    let number = FolderCalls.on(name) { openat($0, $1, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    if number >= 0 { return OpenFile(descriptor: number, path: name) }
    if errno == ENOENT { return nil }
    throw .last("openat", name)
  }
}
