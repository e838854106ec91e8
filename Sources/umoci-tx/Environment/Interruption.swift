internal import Glibc
internal import Synchronization

/// SIGINT, SIGTERM and SIGHUP as a wish to stop cleanly, instead of an end on the spot.
///
/// A second one does end the process on the spot: whatever it was doing is made so that a kill at
/// any time leaves nothing that looks whole.
enum Interruption {
  private static let received = Atomic<Int32>(0)
  private static let signals = [SIGINT, SIGTERM, SIGHUP]

  /// The signal that has come; nil when none has.
  static var signal: Int32? {
    let value = received.load(ordering: .relaxed)
    return value == 0 ? nil : value
  }

  /// Runs `body` with the signals as a wish.
  ///
  /// - Throws: ``Interrupted`` when `body` throws after a signal, else what `body` throws.
  static func deferring<Result>(_ body: () throws -> Result) throws -> Result {
    // The handler must not be the first to touch it.
    received.store(0, ordering: .relaxed)
    for signal in signals where isIgnore(Glibc.signal(signal, handler)) {
      Glibc.signal(signal, SIG_IGN)
    }
    defer { for signal in signals { restore(signal) } }
    do { return try body() } catch {
      guard let signal else { throw error }
      throw Interrupted(signal: signal)
    }
  }

  /// Ends what is under way when a signal has come.
  ///
  /// - Throws: ``Interrupted``.
  static func check() throws {
    if let signal { throw Interrupted(signal: signal) }
  }

  private static func restore(_ signal: Int32) {
    if isIgnore(Glibc.signal(signal, SIG_DFL)) { Glibc.signal(signal, SIG_IGN) }
  }

  private static func isIgnore(_ handler: (@convention(c) (Int32) -> Void)?) -> Bool {
    unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  private static let handler: @convention(c) (Int32) -> Void = { signal in
    if received.exchange(signal, ordering: .relaxed) != 0 { _exit(128 + signal) }
  }
}

/// A signal asked a command to stop; it has left nothing behind.
struct Interrupted: Error {
  let signal: Int32

  /// The exit status that shells give to it.
  var status: Int32 { 128 + signal }
}
