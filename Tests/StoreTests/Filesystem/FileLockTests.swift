import Glibc
import Store
import TestSupport
import Testing

@Suite struct FileLockTests {
  private let folder: TemporaryDirectory
  private let directory: OpenDirectory

  init() throws {
    folder = try TemporaryDirectory()
    try Files.write("", to: folder("lock"))
    directory = try OpenDirectory.open(folder.path)
  }

  /// Takes the lock of a file, if it is free, and gives it back.
  private func canLock(_ name: String) throws -> Bool {
    switch try FileLock.tryAcquire(directory.openFile(name)) {
    case .some(let lock):
      lock.release()
      return true
    case nil: return false
    }
  }

  @Test func `a lock keeps others out until it is released`() throws {
    let first = try FileLock.acquire(directory.openFile("lock"))
    #expect(try !canLock("lock"))
    let probe = try directory.openFile("lock")
    #expect(try FileLock.isHeld(probe))
    first.release()
    #expect(try !FileLock.isHeld(probe))
  }

  @Test func `looking whether a lock is held does not take it`() throws {
    let probe = try directory.openFile("lock")
    #expect(try !FileLock.isHeld(probe))
    #expect(try canLock("lock"))
  }

  @Test func `a waiting locker gets the lock when it is free`() throws {
    let first = try FileLock.acquire(directory.openFile("lock"))
    let log = folder("log")
    let path = folder.path
    let waiter = Worker {
      guard let directory = try? OpenDirectory.open(path),
        let file = try? directory.openFile("lock"),
        let lock = try? FileLock.acquire(file)
      else { return }
      try? Files.write("\(Files.exists(path + "/released"))", to: log)
      lock.release()
    }
    try Files.write("", to: folder("released"))
    first.release()
    waiter.join()
    #expect(try Files.read(log) == Array("true".utf8))
  }

  @Test func `a folder can be locked, and death releases the lock`() async throws {
    try Files.makeDirectory(folder("stage"))
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder.path as String] in
      let directory = try OpenDirectory.open(path)
      let lock = try FileLock.acquire(try directory.openFile("stage"))
      let probe = try directory.openFile("stage")
      if try FileLock.isHeld(probe) { kill(getpid(), SIGKILL) }
      lock.release()
    }
    #expect(try canLock("stage"))
  }
}
