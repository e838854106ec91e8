/// How hard an operation tries to survive a power cut.
public enum Durability: String, Sendable, CaseIterable {
  /// Everything is on stable storage before success is reported.
  case full
  /// The order of changes is kept, but nothing is synced: a crash of the program is survived, a
  /// power cut may lose or damage the latest operations. For scratch layouts and tests.
  case relaxed

  /// Syncs a file when durability is full.
  ///
  /// See ``OpenFile/sync(_:)``.
  package func sync(_ file: borrowing OpenFile, _ point: FailPoint) throws(SyscallError) {
    if self == .full { try file.sync(point) }
  }

  /// Syncs a folder when durability is full.
  ///
  /// See ``OpenDirectory/sync(_:)``.
  package func sync(_ directory: OpenDirectory, _ point: FailPoint) throws(SyscallError) {
    if self == .full { try directory.sync(point) }
  }
}
