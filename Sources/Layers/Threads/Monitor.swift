internal import Glibc

/// A value that several threads share: one at a time looks at it or changes it, and the others can wait
/// for what it becomes.
///
/// Sendable without the compiler's proof, so that nothing else has to be: `state` is reached only through
/// the closures, and these run while `mutex` is held.
final class Monitor<State: Sendable>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  private var state: State

  /// Makes one that holds a value.
  init(_ state: State) {
    self.state = state
    mutex = .allocate(capacity: 1)
    changed = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  /// Looks at the value.
  func read<Result>(_ body: (State) -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body(state)
  }

  /// Changes the value, and wakes everybody who waits.
  func update<Result>(_ body: (inout State) -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    defer { pthread_cond_broadcast(changed) }
    return body(&state)
  }

  /// Waits until the value is such that `attempt`, which may change it, gives a result.
  ///
  /// - Throws: What `attempt` throws; it is asked again after each ``update(_:)``.
  func wait<Result, Failure>(
    _ attempt: (inout State) throws(Failure) -> Result?
  ) throws(Failure) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let result = try attempt(&state) { return result }
      pthread_cond_wait(changed, mutex)
    }
  }
}
