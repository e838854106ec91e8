import Glibc
import Store
import TestSupport
import Testing

@testable import Journal

/// Files whose lock is taken are open for writing: a network file system gives an exclusive lock to nobody else.
@Suite struct LockTests {
  private let control: ControlFolder
  private let layout: TestLayout
  private let storage: any JournalStorage

  init() throws {
    layout = try TestLayout()
    try layout.tag("t", to: "a")
    control = try #require(try ControlFolder.find(in: layout.open()))
    storage = try control.storage(of: layout.open())
  }

  /// How this process has opened what it holds the lock of, proc_pid_fdinfo(5); nil when it holds none.
  private func access(_ name: String, in folder: OpenDirectory) throws -> Int32? {
    let inode = try #require(try folder.status(of: name)).inode
    for descriptor in try Files.names(in: "/proc/self/fdinfo") {
      guard let bytes = try? Files.read("/proc/self/fdinfo/" + descriptor) else { continue }
      let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      guard lines.contains(where: { $0.hasPrefix("lock:") && $0.contains(":\(inode) ") }) else {
        continue
      }
      let flags = try #require(lines.first { $0.hasPrefix("flags:") })
      let value = flags.drop { !$0.isNumber }
      return try #require(Int32(value, radix: 8)) & O_ACCMODE
    }
    return nil
  }

  @Test func `the writer lock`() throws {
    let lock = try storage.takeLock(LockTimeout(milliseconds: 1000))
    #expect(try access(ControlFolder.Names.lock, in: control.directory) == O_RDWR)
    lock.release()
    #expect(try access(ControlFolder.Names.lock, in: control.directory) == nil)
  }

  @Test func `a liveness lock, of the living and of the dead`() throws {
    let id = try #require(OperationID("klmnopqrstuvwxyz"))
    let live = try storage.announce(id)
    #expect(try access(id.text, in: control.live) == O_RDWR)
    try live.end()
    try Files.write("", to: control.live.path(of: id.text))
    var found: Int32?
    try storage.withDead(id.text) { () throws(JournalError) in
      found = (try? access(id.text, in: control.live)) ?? nil
    }
    #expect(found == O_RDWR)
  }

  @Test func `only what may not be written is opened for reading`() throws {
    try Files.write("", to: layout.folder("file"))
    try Files.makeDirectory(layout.folder("folder"))
    let folder = try OpenDirectory.open(layout.folder.path)
    for (name, expected) in [("file", O_RDWR), ("folder", O_RDONLY)] {
      let lock = try FileLock.tryAcquire(folder.openFileForLocking(name))
      #expect(try access(name, in: folder) == expected)
      _ = consume lock
    }
  }
}
