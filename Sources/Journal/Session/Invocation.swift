public import Store

/// Who runs what, where and why: the part of the outside world that a record tells.
///
/// Time and randomness enter through it too, so that a test can hold everything still. The command line makes
/// the only one of a run.
public struct Invocation: Sendable {
  /// The arguments, the program's name first.
  ///
  /// Secrets are removed when they are recorded.
  public var arguments: [String]
  /// The current folder.
  public var workingDirectory: String
  /// The real user id.
  public var userID: UInt32
  /// The user's name, when the id has one.
  public var userName: String?
  /// The user who called sudo(8), from `SUDO_USER`.
  public var sudoUser: String?
  /// The host's name.
  public var hostName: String
  /// What identifies the machine, whatever its name is: letters and digits; empty when nothing does.
  public var machineID: String
  /// The process id.
  public var processID: Int32
  /// This program's version.
  public var programVersion: String
  /// What the user gave as `-m`.
  public var message: String?
  /// The wall clock, UTC.
  public var now: @Sendable () -> Timestamp
  /// A source of random bytes.
  public var randomBytes: @Sendable (Int) -> [UInt8]

  /// Makes an invocation from its parts.
  public init(
    arguments: [String], workingDirectory: String, userID: UInt32, userName: String?,
    sudoUser: String?, hostName: String, machineID: String, processID: Int32,
    programVersion: String, message: String?, now: @escaping @Sendable () -> Timestamp,
    randomBytes: @escaping @Sendable (Int) -> [UInt8]
  ) {
    self.arguments = arguments
    self.workingDirectory = workingDirectory
    self.userID = userID
    self.userName = userName
    self.sudoUser = sudoUser
    self.hostName = hostName
    self.machineID = machineID
    self.processID = processID
    self.programVersion = programVersion
    self.message = message
    self.now = now
    self.randomBytes = randomBytes
  }

  /// A fresh operation id.
  func makeOperationID() -> OperationID { OperationID(randomBytes: randomBytes(8)) }
}
