internal import CSQLite
internal import Store

/// The layout of our part of an open file: SQLite's header, the path, what it is, then the real
/// file.
struct ShimFile {
  static let headerSize = 32

  let header: UnsafeMutableRawPointer

  init(_ file: UnsafeMutablePointer<sqlite3_file>) {
    header = UnsafeMutableRawPointer(file)
  }

  /// The file as SQLite knows it.
  var asFile: UnsafeMutablePointer<sqlite3_file> {
    header.assumingMemoryBound(to: sqlite3_file.self)
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

  /// Whether it is the database, whose pages carry checksums, and not its rollback journal.
  var isDatabase: Bool {
    get { (header + 16).load(as: Bool.self) }
    nonmutating set { (header + 16).storeBytes(of: newValue, as: Bool.self) }
  }

  /// Whether it is a database that is only read, and read as the next writer will find it.
  var isReader: Bool {
    get { (header + 17).load(as: Bool.self) }
    nonmutating set { (header + 17).storeBytes(of: newValue, as: Bool.self) }
  }

  /// What a dead writer has left to be put back; a reader looks for it whenever it gets its lock.
  var saved: RollbackJournal? {
    get { savedReference?.takeUnretainedValue() }
    nonmutating set {
      savedReference?.release()
      savedReference = newValue.map { Unmanaged.passRetained($0) }
    }
  }

  private var savedReference: Unmanaged<RollbackJournal>? {
    get { (header + 24).load(as: Unmanaged<RollbackJournal>?.self) }
    nonmutating set { (header + 24).storeBytes(of: newValue, as: Unmanaged<RollbackJournal>?.self) }
  }

  /// Gives a file that has been opened its properties.
  func describe(_ path: UnsafePointer<CChar>?, isDatabase: Bool, isReader: Bool) {
    self.path = path
    self.isDatabase = isDatabase
    self.isReader = isReader
    savedReference = nil
  }

  /// The methods table; each entry hands over to the real file's.
  static var methods: sqlite3_io_methods {
    var table = sqlite3_io_methods()
    table.iVersion = 1
    table.xClose = { file in
      if let file { ShimFile(file).saved = nil }
      return ShimFile.on(file, SQLITE_OK) { file, methods in methods.xClose(file) }
    }
    table.xRead = { file, buffer, count, offset in
      guard let file, let buffer else { return IOFailure.read }
      return ShimFile(file).read(into: buffer, Int(count), at: offset)
    }
    table.xFileSize = { file, size in
      if let file, let size, let saved = ShimFile(file).saved {
        size.pointee = saved.databaseSize
        return SQLITE_OK
      }
      return ShimFile.on(file, IOFailure.status) { file, methods in methods.xFileSize(file, size) }
    }
    table.xLock = { file, level in
      guard let file else { return IOFailure.lock }
      return ShimFile(file).lock(level)
    }
    table.xUnlock = { file, level in
      if let file, level == SQLITE_LOCK_NONE { ShimFile(file).saved = nil }
      return ShimFile.on(file, IOFailure.unlock) { file, methods in methods.xUnlock(file, level) }
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
      guard let file, let buffer else { return IOFailure.write }
      return ShimFile(file).write(buffer, Int(count), at: offset)
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

  typealias Call = (UnsafeMutablePointer<sqlite3_file>, sqlite3_io_methods) -> Int32

  static func on(
    _ file: UnsafeMutablePointer<sqlite3_file>?, _ failure: Int32, _ call: Call
  ) -> Int32 {
    guard let file else { return failure }
    let inner = ShimFile(file).inner
    guard let methods = inner.pointee.pMethods else { return failure }
    return call(inner, methods.pointee)
  }

  static func mutate(
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
