import Store
import TestSupport
import Testing

@testable import Journal

/// The storages that there are: each test of this folder is about every one.
enum TestedStorage: String, CaseIterable, CustomTestStringConvertible {
  case sqlite

  var testDescription: String { rawValue }

  /// Loses the rows, as whoever restores the rest from a backup does.
  func loseRows(of rig: StorageRig) throws {
    switch self {
    case .sqlite: try Files.remove(rig.control.directory.path(of: DatabaseFile.usualName))
    }
  }

  /// Damages the rows so that nothing of them can be read.
  func damageRows(of rig: StorageRig) throws {
    switch self {
    case .sqlite:
      let path = rig.control.directory.path(of: DatabaseFile.usualName)
      try Files.write([UInt8](repeating: 0x55, count: 8192), to: path)
    }
  }

  /// Puts empty tables of an older version in the place of the rows.
  func makeTables(ofVersion version: Int64, for rig: StorageRig) throws {
    switch self {
    case .sqlite:
      let file = DatabaseFile(in: rig.control.directory)
      try Files.write("", to: file.path)
      let connection = try Connection(opening: file, .readWrite)
      try Migrations.run(Array(Schema.migrations.prefix(Int(version))), on: connection)
    }
  }
}

/// A layout with one image and a journal in one of the storages.
struct StorageRig {
  let kind: TestedStorage
  let folder: TemporaryDirectory
  let session: Session
  let storage: any JournalStorage

  var layout: ImageLayout { session.layout }
  var control: ControlFolder { session.control }

  static let invocation = Invocation(
    arguments: ["umoci-tx"], workingDirectory: "/", userID: 1000, userName: "anna", sudoUser: nil,
    hostName: "host", machineID: "machine", processID: 1, programVersion: "0", message: nil,
    now: { Timestamp(secondsSinceEpoch: 1_800_000_000) },
    randomBytes: { count in (0..<count).map { _ in UInt8.random(in: 0...255) } })
  static let options = WritingOptions(
    durability: .relaxed, lockTimeout: LockTimeout(milliseconds: 50))

  init(_ kind: TestedStorage) throws {
    self.kind = kind
    folder = try TemporaryDirectory()
    let builder = try LayoutBuilder(at: folder("layout"))
    builder.tag("a", try builder.addImage())
    try builder.finish()
    let layout = try ImageLayout.open(folder("layout"))
    let control = try ControlFolder.findOrMake(
      in: layout, durability: .relaxed, Self.invocation, lockTimeout: Self.options.lockTimeout)
    session = Session(
      layout: layout, control: control, invocation: Self.invocation, options: Self.options)
    storage = control.storage(of: layout)
  }

  /// The storage as another process sees it.
  func another() throws -> any JournalStorage {
    let layout = try ImageLayout.open(layout.path)
    return try #require(try ControlFolder.find(in: layout)).storage(of: layout)
  }

  /// Opens the rows for writing, under the lock.
  func open(
    _ storage: any JournalStorage, checkingAll: Bool = false
  ) throws -> JournalDatabase {
    let lock = try storage.takeLock(Self.options.lockTimeout)
    defer { lock.release() }
    return try storage.openForWriting(session, lock, checkingAll: checkingAll)
  }

  /// Gives the image another tag: one operation.
  func tag(_ name: String) throws {
    let journal = try OperationJournal(writing: layout, Self.invocation, Self.options)
    let prepared = try journal.begin(.tag, stages: false).prepare { index in
      Transaction.Proposal(edits: [
        TagEdit(
          key: .name(try ReferenceName(parsing: name).description), before: [],
          after: index.entries(named: "a").map {
            $0.descriptor.settingAnnotation(Annotations.referenceName, to: name)
          })
      ])
    }
    if let prepared { _ = try prepared.commit() }
  }
}
