internal import CSQLite
internal import Glibc
internal import Store

/// SQLite's own file layer with our fail points in front of every call that changes a file.
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
  nonisolated(unsafe) fileprivate static let real: UnsafeMutablePointer<sqlite3_vfs> = {
    guard sqlite3_initialize() == SQLITE_OK, let vfs = sqlite3_vfs_find(nil) else {
      preconditionFailure("SQLite has no default VFS")
    }
    return vfs
  }()

  /// The table of file methods, shared by all files.
  ///
  /// Immutable after its initialisation.
  nonisolated(unsafe) fileprivate static let methods: UnsafePointer<sqlite3_io_methods> = {
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
  fileprivate static func guarded(
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

/// The layout of our part of an open file: SQLite's header, the path, then the real file.
private struct ShimFile {
  static let headerSize = 16

  let header: UnsafeMutableRawPointer

  init(_ file: UnsafeMutablePointer<sqlite3_file>) {
    header = UnsafeMutableRawPointer(file)
  }

  /// The real VFS's file.
  var inner: UnsafeMutablePointer<sqlite3_file> {
    (header + Self.headerSize).assumingMemoryBound(to: sqlite3_file.self)
  }

  /// The name it was opened by; SQLite keeps it alive as long as the file is open.
  var path: UnsafePointer<CChar>? {
    get { (header + 8).load(as: UnsafePointer<CChar>?.self) }
    nonmutating set { (header + 8).storeBytes(of: newValue, as: UnsafePointer<CChar>?.self) }
  }

  /// The methods table; each entry hands over to the real file's.
  static var methods: sqlite3_io_methods {
    var table = sqlite3_io_methods()
    table.iVersion = 1
    table.xClose = { ShimFile.on($0, SQLITE_OK) { file, methods in methods.xClose(file) } }
    table.xRead = { file, buffer, count, offset in
      ShimFile.on(file, IOFailure.read) { file, methods in
        methods.xRead(file, buffer, count, offset)
      }
    }
    table.xFileSize = { file, size in
      ShimFile.on(file, IOFailure.status) { file, methods in methods.xFileSize(file, size) }
    }
    table.xLock = { file, level in
      ShimFile.on(file, IOFailure.lock) { file, methods in methods.xLock(file, level) }
    }
    table.xUnlock = { file, level in
      ShimFile.on(file, IOFailure.unlock) { file, methods in methods.xUnlock(file, level) }
    }
    table.xCheckReservedLock = { file, out in
      ShimFile.on(file, IOFailure.checkLock) { file, methods in
        methods.xCheckReservedLock(file, out)
      }
    }
    table.xFileControl = { file, operation, argument in
      ShimFile.on(file, SQLITE_NOTFOUND) { file, methods in
        methods.xFileControl(file, operation, argument)
      }
    }
    table.xSectorSize = { ShimFile.on($0, 4096) { file, methods in methods.xSectorSize(file) } }
    table.xDeviceCharacteristics = {
      ShimFile.on($0, 0) { file, methods in methods.xDeviceCharacteristics(file) }
    }
    addMutatingMethods(to: &table)
    return table
  }

  private static func addMutatingMethods(to table: inout sqlite3_io_methods) {
    table.xWrite = { file, buffer, count, offset in
      ShimFile.mutate(
        file, "sqlite.write", IOFailure.write,
        half: { file, methods in methods.xWrite(file, buffer, max(1, count / 2), offset) }
      ) { file, methods in methods.xWrite(file, buffer, count, offset) }
    }
    table.xTruncate = { file, size in
      ShimFile.mutate(file, "sqlite.truncate", IOFailure.truncate) { file, methods in
        methods.xTruncate(file, size)
      }
    }
    table.xSync = { file, flags in
      ShimFile.mutate(file, "sqlite.sync", IOFailure.sync) { file, methods in
        methods.xSync(file, flags)
      }
    }
  }

  private typealias Call = (UnsafeMutablePointer<sqlite3_file>, sqlite3_io_methods) -> Int32

  private static func on(
    _ file: UnsafeMutablePointer<sqlite3_file>?, _ failure: Int32, _ call: Call
  ) -> Int32 {
    guard let file else { return failure }
    let inner = ShimFile(file).inner
    guard let methods = inner.pointee.pMethods else { return failure }
    return call(inner, methods.pointee)
  }

  private static func mutate(
    _ file: UnsafeMutablePointer<sqlite3_file>?, _ point: FailPoint, _ failure: Int32,
    half: Call = { _, _ in SQLITE_OK }, _ call: Call
  ) -> Int32 {
    guard let file else { return failure }
    return JournalingVFS.guarded(
      point, ShimFile(file).path, failure: failure,
      half: { _ = on(file, failure, half) },
      { on(file, failure, call) })
  }
}

/// The extended codes of SQLITE_IOERR, which Swift does not import; sqlite.org/rescode.html.
private enum IOFailure {
  static let read = SQLITE_IOERR | 1 << 8
  static let write = SQLITE_IOERR | 3 << 8
  static let sync = SQLITE_IOERR | 4 << 8
  static let truncate = SQLITE_IOERR | 6 << 8
  static let status = SQLITE_IOERR | 7 << 8
  static let unlock = SQLITE_IOERR | 8 << 8
  static let delete = SQLITE_IOERR | 10 << 8
  static let checkLock = SQLITE_IOERR | 14 << 8
  static let lock = SQLITE_IOERR | 15 << 8
}
