internal import Glibc
internal import Store

/// A thread of the system that runs one closure and is waited for.
struct WorkerThread: ~Copyable {
  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  private let thread: pthread_t

  /// Starts a thread.
  ///
  /// - Throws: ``SyscallError`` when the system gives no thread.
  init(_ body: @escaping @Sendable () -> Void) throws(SyscallError) {
    let work = Unmanaged.passRetained(Work(body))
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
        return nil
      }, work.toOpaque())
    guard code == 0 else {
      work.release()
      throw SyscallError(call: "pthread_create", path: "worker thread", code: code)
    }
    self.thread = thread
  }

  /// Waits until the thread has ended.
  consuming func join() { pthread_join(thread, nil) }
}
