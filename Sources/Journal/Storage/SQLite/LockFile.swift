internal import Glibc
internal import Store

/// The writer lock as flock(2) on `.ocitx/lock`.
struct LockFile {
  private final class Holder {
    var lock: FileLock?
    init(_ lock: consuming FileLock) { self.lock = consume lock }
  }

  /// The folder `.ocitx`, which may still be in the making.
  let directory: OpenDirectory
  let policy: CreationPolicy

  /// Takes the lock, creating the file when it is missing.
  ///
  /// - Throws: ``JournalError/locked(path:holder:waitedSeconds:)`` when the time is over.
  func take(_ timeout: LockTimeout) throws(JournalError) -> WriterLock {
    try directory.expect(.regular, at: ControlFolder.Names.lock)
    do throws(SyscallError) {
      var waited: Int64 = 0
      var pause: UInt32 = 1
      while true {
        let file = try directory.openOrCreateFile(
          ControlFolder.Names.lock, policy: policy, "lock.create")
        if let lock = try FileLock.tryAcquire(file) {
          let held = try lock.status()
          if try isNamed(held) {
            if held.linkCount <= 1 {
              let holder = Holder(lock)
              return WriterLock(rest: timeout.rest(after: waited)) { holder.lock = nil }
            }
            // Other layouts' too: it is replaced while it is held, so that all who wait find out.
            try HardLinkedFiles(directory: directory, policy: policy).unshareLock()
            continue
          }
        }
        if let limit = timeout.milliseconds, waited >= limit { break }
        Pause.milliseconds(pause)
        waited += Int64(pause)
        // Waiters of different age poll at different times; nobody waits long for a free lock.
        pause = min(pause + 1, 8 + UInt32(truncatingIfNeeded: getpid()) % 5)
      }
    } catch {
      throw .system(error)
    }
    throw .locked(
      path: directory.path(of: ControlFolder.Names.lock), holder: LockHolder.describe(directory),
      waitedSeconds: Double(timeout.milliseconds ?? 0) / 1000)
  }

  /// Whether the file that was locked still is the one of that name.
  private func isNamed(_ held: FileStatus) throws(SyscallError) -> Bool {
    guard let named = try directory.status(of: ControlFolder.Names.lock) else { return false }
    return named.isSameFile(as: held)
  }
}

/// Finds out who holds the writer lock, for the message only; proc(5), `/proc/locks`.
enum LockHolder {
  static func describe(_ directory: OpenDirectory) -> String? {
    guard let status = try? directory.status(of: ControlFolder.Names.lock),
      let proc = try? OpenDirectory.open("/proc")
    else { return nil }
    // The list is read in pieces: while others come and go, a line may be missing.
    for _ in 0..<3 {
      guard let locks = try? proc.openFile("locks").readToEnd(limit: 1 << 20) else { return nil }
      let lines = String(decoding: locks, as: UTF8.self).split(separator: "\n")
      if let process = process(lines, inode: status.inode) {
        return "process \(process)" + command(of: process, proc)
      }
    }
    return nil
  }

  private static func process(_ lines: [Substring], inode: UInt64) -> Int32? {
    for line in lines
    where line.contains("FLOCK") && line.contains(":\(inode) ") && !line.contains("->") {
      let words = line.split(separator: " ")
      if words.count > 4, let process = Int32(words[4]) { return process }
    }
    return nil
  }

  private static func command(of process: Int32, _ proc: OpenDirectory) -> String {
    guard let bytes = try? proc.openFile("\(process)/cmdline").readToEnd(limit: 4096),
      !bytes.isEmpty
    else { return "" }
    let words = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    return " (" + SecretRedaction.redact(words).joined(separator: " ") + ")"
  }
}
