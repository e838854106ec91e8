internal import Glibc
internal import Store

/// The environment variables that this program looks at.
struct EnvironmentVariables: Sendable {
  private let lookup: @Sendable (String) -> String?

  /// Variables that are looked up so; a test gives its own.
  init(lookup: @escaping @Sendable (String) -> String?) {
    self.lookup = lookup
  }

  /// Those of this process.
  static let current = EnvironmentVariables { name in
    getenv(name).map { String(cString: $0) }
  }

  /// The value of a variable; an empty one counts as not set.
  subscript(name: String) -> String? {
    guard let value = lookup(name), !value.isEmpty else { return nil }
    return value
  }

  /// The folder for temporary files: `TMPDIR`, or `/tmp`.
  var temporaryDirectory: String { self["TMPDIR"] ?? "/tmp" }

  /// The moment that `SOURCE_DATE_EPOCH` fixes for everything that is written into images.
  func sourceDate() throws(UsageError) -> Timestamp? {
    guard let text = self["SOURCE_DATE_EPOCH"] else { return nil }
    guard let seconds = Int64(text), text.first != "+" else {
      throw UsageError(
        "invalid SOURCE_DATE_EPOCH: \"\(text)\" is no number of seconds",
        hint: "unset the variable, or set it to seconds since 1970 such as `date +%s` prints")
    }
    return Timestamp(secondsSinceEpoch: seconds)
  }
}
