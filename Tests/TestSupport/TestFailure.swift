internal import Glibc

/// Something that a test needed and did not get, in one sentence.
public struct TestFailure: Error, CustomStringConvertible {
  /// The sentence.
  public let description: String

  /// Makes a failure of a sentence.
  public init(_ description: String) {
    self.description = description
  }

  /// The failure of the call that has just failed in this thread.
  static func last(_ call: String, _ path: String = "") -> TestFailure {
    TestFailure("\(call) \(path): errno \(errno)")
  }
}
