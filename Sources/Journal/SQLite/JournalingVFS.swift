internal import CSQLite
internal import Glibc
internal import Store

/// SQLite's own file layer with our fail points in front of every call that changes a file, and
/// with a checksum in every page of a database; see ``PageChecksum``.
///
/// A shim over the default VFS (sqlite.org/vfs.html): each method hands over to the real one. It
/// gives version-1 file methods only, so there is no shared memory and no memory-mapped I/O, which
/// a rollback journal does not need.
enum JournalingVFS {
  /// The name to open databases with; registered at first use.
  static var name: String {
    _ = registration
    return "umoci-tx"
  }

  private static let registration: Int32 = {
    let vfs = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
    vfs.initialize(to: real.pointee)
    vfs.pointee.iVersion = 2
    vfs.pointee.szOsFile = Int32(ShimFile.headerSize) + real.pointee.szOsFile
    vfs.pointee.pNext = nil
    vfs.pointee.zName = UnsafePointer(strdup("umoci-tx"))
    vfs.pointee.xOpen = { _, path, file, flags, outFlags in
      open(path, file, flags, outFlags)
    }
    vfs.pointee.xDelete = { _, path, syncsFolder in
      delete(path, syncsFolder)
    }
    vfs.pointee.xAccess = { _, path, flags, out in real.pointee.xAccess(real, path, flags, out) }
    vfs.pointee.xFullPathname = { _, path, size, out in
      real.pointee.xFullPathname(real, path, size, out)
    }
    vfs.pointee.xRandomness = { _, size, out in real.pointee.xRandomness(real, size, out) }
    vfs.pointee.xSleep = { _, microseconds in real.pointee.xSleep(real, microseconds) }
    vfs.pointee.xCurrentTime = { _, out in real.pointee.xCurrentTime(real, out) }
    vfs.pointee.xGetLastError = { _, size, out in real.pointee.xGetLastError(real, size, out) }
    vfs.pointee.xCurrentTimeInt64 = { _, out in real.pointee.xCurrentTimeInt64(real, out) }
    // A process keeps its VFS for life: neither block is ever freed.
    return sqlite3_vfs_register(vfs, 0)
  }()

  /// The VFS that does the work.
  ///
  /// Written once, before anything reads it; SQLite guards it itself.
  nonisolated(unsafe) static let real: UnsafeMutablePointer<sqlite3_vfs> = {
    guard sqlite3_initialize() == SQLITE_OK, let vfs = sqlite3_vfs_find(nil) else {
      preconditionFailure("SQLite has no default VFS")
    }
    return vfs
  }()

  /// The table of file methods, shared by all files.
  ///
  /// Immutable after its initialisation.
  nonisolated(unsafe) static let methods: UnsafePointer<sqlite3_io_methods> = {
    let table = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
    table.initialize(to: ShimFile.methods)
    return UnsafePointer(table)
  }()

  private static func open(
    _ path: UnsafePointer<CChar>?, _ file: UnsafeMutablePointer<sqlite3_file>?, _ flags: Int32,
    _ outFlags: UnsafeMutablePointer<Int32>?
  ) -> Int32 {
    guard let file else { return SQLITE_CANTOPEN }
    let shim = ShimFile(file)
    file.pointee.pMethods = nil
    let creates = flags & SQLITE_OPEN_CREATE != 0
    // The journal's name is durable from the start (ControlFolder): opening it without the flag for
    // creating it saves SQLite the sync of the folder that it would make with each first commit.
    let isThere = creates && flags & SQLITE_OPEN_MAIN_JOURNAL != 0 && exists(path)
    let used = isThere ? flags & ~SQLITE_OPEN_CREATE : flags
    let openReal = { real.pointee.xOpen(real, path, shim.inner, used, outFlags) }
    let code =
      creates
      ? guarded("sqlite.open", path, failure: SQLITE_CANTOPEN, openReal) : openReal()
    if shim.inner.pointee.pMethods != nil {
      shim.path = path
      shim.isDatabase = flags & SQLITE_OPEN_MAIN_DB != 0
      file.pointee.pMethods = methods
    }
    return code
  }

  private static func exists(_ path: UnsafePointer<CChar>?) -> Bool {
    path.map { access($0, F_OK) == 0 } ?? false
  }

  private static func delete(_ path: UnsafePointer<CChar>?, _ syncsFolder: Int32) -> Int32 {
    guarded("sqlite.delete", path, failure: IOFailure.delete) {
      real.pointee.xDelete(real, path, syncsFolder)
    }
  }

  /// Runs one call of the real VFS behind a fail point.
  static func guarded(
    _ point: FailPoint, _ path: UnsafePointer<CChar>?, failure: Int32,
    half: () -> Void = {}, _ body: () -> Int32
  ) -> Int32 {
    var code: Int32?
    do throws(SyscallError) {
      try point.perform(
        point.name, on: path.map { String(cString: $0) } ?? "temporary file",
        half: {
          half()
          return 0
        }
      ) {
        code = body()
        return 0
      }
    } catch {
      return error.isOutOfSpace ? SQLITE_FULL : failure
    }
    // A short write is finished by a second one.
    return code ?? body()
  }
}
