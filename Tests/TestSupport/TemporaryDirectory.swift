internal import Glibc

/// A new folder that goes, with everything in it, when the last reference to it goes.
public final class TemporaryDirectory: Sendable {
  /// Its absolute path.
  public let path: String

  /// Makes a folder.
  ///
  /// - Parameter base: Where to make it.
  /// - Throws: ``TestFailure`` when it cannot be made.
  public init(in base: String = "/tmp") throws {
    var template = Array("\(base)/umoci-tx-test.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw TestFailure.last("mkdtemp", base) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    _ = try? ExternalCommand.run(["rm", "-rf", path])
  }

  /// The path of a name in the folder.
  public func callAsFunction(_ name: String) -> String { path + "/" + name }
}
