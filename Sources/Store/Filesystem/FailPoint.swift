internal import CLinux
internal import Glibc

/// The name of one place where a mutating system call is made, for example `publish.exchange`.
///
/// Every system call that changes something on disk goes through ``FailPoint/perform(_:on:half:_:)``
/// with one of these. Debug builds can be told to die or to fail there (see ``FailPlan``); release
/// builds keep only the call.
public struct FailPoint: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  /// The name: `area.action`, lower case with dashes.
  public let name: String

  /// Names a point.
  public init(stringLiteral name: String) {
    self.name = name
  }

  /// The point's name.
  public var description: String { name }
}

extension FailPoint {
  /// Makes one mutating system call, retrying it when a signal interrupts it.
  ///
  /// - Parameters:
  ///   - call: The call's name, for the error.
  ///   - path: What the call is about, for the error.
  ///   - partial: Does half of the call's work; run only by a test that dies in the middle of it,
  ///     or that wants a short write.
  ///   - body: The call; negative means that it failed and `errno` says why.
  /// - Returns: What the call returned.
  /// - Throws: ``SyscallError`` with the call's error number.
  @discardableResult
  package func perform(
    _ call: String, on path: @autoclosure () -> String, half partial: () -> Int = { 0 },
    _ body: () -> Int
  ) throws(SyscallError) -> Int {
    #if DEBUG
      let fault = FailPlan.arrive(at: self, on: path)
      if let code = fault.prepare(at: self, half: partial) {
        throw SyscallError(call: call, path: path(), code: code)
      }
    #endif
    #if DEBUG
      // Calls that are done whole or not at all have no half: they are made as usual.
      var result = fault.action == .short ? partial() : 0
      if result == 0 { result = body() }
    #else
      var result = body()
    #endif
    while result < 0, errno == EINTR { result = body() }
    let code = errno
    #if DEBUG
      fault.finish(at: self)
    #endif
    guard result >= 0 else { throw SyscallError(call: call, path: path(), code: code) }
    return result
  }
}
