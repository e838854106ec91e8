/// How long a writer waits for another one to finish publishing.
public struct LockTimeout: Equatable, Sendable {
  /// In milliseconds; nil waits for ever.
  public let milliseconds: Int64?

  /// What is left after some milliseconds, in milliseconds: never less than readers that do nothing wrong
  /// keep others waiting.
  func rest(after waited: Int64) -> Int64 { max(100, (milliseconds ?? .max) - waited) }

  /// A minute: publishing takes milliseconds, so whoever holds the lock longer is stuck or stopped.
  public static let standard = LockTimeout(milliseconds: 60_000)

  /// A time in milliseconds, or nil for no limit.
  public init(milliseconds: Int64?) {
    self.milliseconds = milliseconds
  }
}
