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
  /// How databases are opened; each has a file layer of its own.
  enum Mode: String, CaseIterable {
    /// To be written.
    case writing = "umoci-tx"
    /// To be read, as it is once the next writer has put back what a dead one has left.
    case reading = "umoci-tx-reading"
    /// The same, and checksums are not looked at.
    case unverified = "umoci-tx-unverified"
  }

  /// What SQLite appends to the name of a database for its rollback journal.
  static let journalSuffix = "-journal"

  /// The name to open databases with; registered at first use.
  static func name(for mode: Mode) -> String {
    _ = registration
    return mode.rawValue
  }

  private static let registration: [Int32] = {
    FolderCalls.install(in: real)
    return Mode.allCases.map { register($0.rawValue) }
  }()

  private static func mode(_ vfs: UnsafeMutablePointer<sqlite3_vfs>?) -> Mode {
    vfs.flatMap { Mode(rawValue: String(cString: $0.pointee.zName)) } ?? .writing
  }

  /// What SQLite calls captures nothing, so that all is named in full.
  private static func register(_ name: String) -> Int32 {
    let vfs = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
    vfs.initialize(to: real.pointee)
    vfs.pointee.iVersion = 2
    vfs.pointee.szOsFile = Int32(ShimFile.headerSize) + real.pointee.szOsFile
    vfs.pointee.pNext = nil
    vfs.pointee.zName = UnsafePointer(strdup(name))
    vfs.pointee.xOpen = { vfs, path, file, flags, outFlags in
      JournalingVFS.open(path, file, flags, outFlags, JournalingVFS.mode(vfs))
    }
    vfs.pointee.xDelete = { _, path, syncsFolder in
      JournalingVFS.delete(path, syncsFolder)
    }
    vfs.pointee.xAccess = { vfs, path, flags, out in
      if let path, let out, JournalingVFS.mode(vfs) != .writing,
        String(cString: path).hasSuffix(JournalingVFS.journalSuffix)
      {
        out.pointee = 0
        return SQLITE_OK
      }
      return JournalingVFS.real.pointee.xAccess(JournalingVFS.real, path, flags, out)
    }
    vfs.pointee.xFullPathname = { _, path, size, out in
      guard let path, let out, FolderCalls.isAddress(path) else {
        return JournalingVFS.real.pointee.xFullPathname(JournalingVFS.real, path, size, out)
      }
      // It is full as it is, and nothing in it is a link.
      guard strlen(path) < Int(size) else { return SQLITE_CANTOPEN }
      strcpy(out, path)
      return SQLITE_OK
    }
    vfs.pointee.xRandomness = { _, size, out in
      JournalingVFS.real.pointee.xRandomness(JournalingVFS.real, size, out)
    }
    vfs.pointee.xSleep = { _, microseconds in
      JournalingVFS.real.pointee.xSleep(JournalingVFS.real, microseconds)
    }
    vfs.pointee.xCurrentTime = { _, out in
      JournalingVFS.real.pointee.xCurrentTime(JournalingVFS.real, out)
    }
    vfs.pointee.xGetLastError = { _, size, out in
      JournalingVFS.real.pointee.xGetLastError(JournalingVFS.real, size, out)
    }
    vfs.pointee.xCurrentTimeInt64 = { _, out in
      JournalingVFS.real.pointee.xCurrentTimeInt64(JournalingVFS.real, out)
    }
    // A process keeps its VFS for life: neither block is ever freed.
    return sqlite3_vfs_register(vfs, 0)
  }

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
    _ outFlags: UnsafeMutablePointer<Int32>?, _ mode: Mode
  ) -> Int32 {
    guard let file else { return SQLITE_CANTOPEN }
    let shim = ShimFile(file)
    file.pointee.pMethods = nil
    let creates = flags & SQLITE_OPEN_CREATE != 0
    // The journal's name is durable from the start (DatabaseFile): opening it without the flag for
    // creating it saves SQLite the sync of the folder that it would make with each first commit.
    let isThere = creates && flags & SQLITE_OPEN_MAIN_JOURNAL != 0 && exists(path)
    let used = isThere ? flags & ~SQLITE_OPEN_CREATE : flags
    let openReal = { real.pointee.xOpen(real, path, shim.inner, used, outFlags) }
    let code =
      creates
      ? guarded("sqlite.open", path, failure: SQLITE_CANTOPEN, openReal) : openReal()
    if shim.inner.pointee.pMethods != nil {
      let isMain = flags & SQLITE_OPEN_MAIN_DB != 0
      shim.describe(
        path, isDatabase: isMain && mode != .unverified, isReader: isMain && mode != .writing)
      file.pointee.pMethods = methods
    }
    return code
  }

  private static func exists(_ path: UnsafePointer<CChar>?) -> Bool {
    FolderCalls.on(path) { faccessat($0, $1, F_OK, 0) } == 0
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
