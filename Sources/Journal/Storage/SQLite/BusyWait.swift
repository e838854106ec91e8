internal import CSQLite
internal import Store

/// How long the calls of one connection wait for other processes, all together.
///
/// A reader of another program that stays in a transaction keeps every commit waiting: what a command
/// may wait for the writer lock, it may wait here, and no longer.
struct BusyWait {
  /// In milliseconds: what is left, and what was spent since it was set.
  private typealias State = (left: Int64, spent: Int64)

  private let state: UnsafeMutablePointer<State>

  init(milliseconds: Int64) {
    state = .allocate(capacity: 1)
    state.initialize(to: (milliseconds, 0))
  }

  /// Frees it; the connection must be closed.
  func deallocate() { state.deallocate() }

  /// Sets how long may be waited from now on.
  func set(milliseconds: Int64) { state.pointee = (milliseconds, 0) }

  /// What was waited since then, in seconds.
  var seconds: Double { Double(state.pointee.spent) / 1000 }

  /// Makes a connection wait so long; sqlite.org/c3ref/busy_handler.html.
  func install(on database: OpaquePointer) {
    sqlite3_busy_handler(
      database,
      { context, attempts in
        guard let context else { return 0 }
        let state = context.assumingMemoryBound(to: State.self)
        guard state.pointee.left > 0 else { return 0 }
        let pause = min(Int64(1 + attempts), 10, state.pointee.left)
        Pause.milliseconds(UInt32(pause))
        state.pointee.left -= pause
        state.pointee.spent += pause
        return 1
      }, state)
  }
}
