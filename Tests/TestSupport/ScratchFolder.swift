internal import Glibc

/// A new folder below /tmp that goes when the value goes.
public final class ScratchFolder: Sendable {
  /// Its absolute path.
  public let path: String

  /// Makes the folder.
  public init() throws {
    var template = Array("/tmp/umoci-tx-test.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw PowerLossError("cannot make a scratch folder: errno \(errno)")
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    _ = try? Command.run(["rm", "-rf", path], log: "/dev/null")
  }

  /// The path of `name` in the folder.
  public func callAsFunction(_ name: String) -> String { path + "/" + name }
}
