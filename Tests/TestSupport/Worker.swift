internal import Glibc

/// A thread of its own, for tests in which two things happen at once.
public final class Worker: Sendable {
  private final class Body: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) {
      self.run = run
    }
  }

  private let thread: pthread_t

  /// Starts the thread.
  public init(_ body: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(Body(body)).toOpaque()
    let code = pthread_create(&thread, nil, Worker.main, argument)
    precondition(code == 0, "no thread: \(code)")
    self.thread = thread
  }

  /// Waits for the end of the thread; call it once.
  public func join() { pthread_join(thread, nil) }

  /// Lets the thread end by itself; call it once, instead of ``join()``.
  func detach() { pthread_detach(thread) }

  private static let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
    argument in
    if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
    return nil
  }
}
