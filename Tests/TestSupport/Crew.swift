internal import Glibc
internal import Synchronization

/// Runs the long, blocking bodies of tests in threads of their own, a few at a time.
///
/// Tests run in a pool of as many threads as there are processors. A test that waits for processes, or for a file
/// that nobody finishes, would keep one of them idle.
public enum Crew {
  private struct State {
    var free: Int
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  /// One more than there are processors: one is always waiting for something.
  private static let state = Mutex(State(free: sysconf(Int32(_SC_NPROCESSORS_ONLN)) + 1))

  /// Runs a body once there is room for it.
  ///
  /// Expectations belong after it: in a thread of its own they belong to no test.
  ///
  /// - Throws: What the body throws.
  public static func run<Result: Sendable>(
    _ body: @escaping @Sendable () throws -> Result
  ) async throws -> Result {
    await enter()
    defer { leave() }
    return try await withCheckedThrowingContinuation { continuation in
      Worker { continuation.resume(with: Swift.Result { try body() }) }.detach()
    }
  }

  private static func enter() async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        guard state.free > 0 else {
          state.waiting.append(continuation)
          return false
        }
        state.free -= 1
        return true
      }
      if isFree { continuation.resume() }
    }
  }

  private static func leave() {
    let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard !state.waiting.isEmpty else {
        state.free += 1
        return nil
      }
      return state.waiting.removeFirst()
    }
    next?.resume()
  }
}
