public import Store

/// How a writing command behaves.
public struct WritingOptions: Sendable {
  /// How hard it tries to survive a power cut.
  public var durability: Durability
  /// How long it waits for other writers.
  public var lockTimeout: LockTimeout
  /// What is done about a foreign change although the setting `foreign` is `refuse`: of the command
  /// that ends that.
  public var insteadOfRefusal: ForeignPolicy?
  /// Whether it goes on where another machine wrote last, on a file system that both may use.
  public var takesOver = false

  /// Chooses the behaviour; the default waits a minute and survives a power cut.
  public init(
    durability: Durability = .full, lockTimeout: LockTimeout = .standard,
    insteadOfRefusal: ForeignPolicy? = nil
  ) {
    self.durability = durability
    self.lockTimeout = lockTimeout
    self.insteadOfRefusal = insteadOfRefusal
  }
}

/// What every part of a writing command works with: the layout, our folder in it, and the caller.
struct Session: Sendable {
  let layout: ImageLayout
  let control: ControlFolder
  let invocation: Invocation
  let options: WritingOptions

  var durability: Durability { options.durability }

  /// Runs file-system calls, giving their errors as the journal's.
  func system<Result: ~Copyable>(
    _ body: () throws(SyscallError) -> Result
  ) throws(JournalError) -> Result {
    try control.system(body)
  }
}
