internal import Glibc

/// Something that a test needs from its machine; for example
/// `@Test(.enabled(if: Requirement.umoci.isMet, "umoci is not installed"))`.
public enum Requirement: String, Sendable, CaseIterable {
  /// Debian's umoci, for layouts that it makes and reads.
  case umoci
  /// skopeo, for layouts that it makes and reads.
  case skopeo
  /// jq, for looking at JSON from outside.
  case jq
  /// The program of SQLite, for changing databases behind our back.
  case sqlite3
  /// The program that runs others as other users.
  case setpriv
  /// The right to change owners.
  case root

  /// Whether this machine has it.
  public var isMet: Bool {
    if self == .root { return geteuid() == 0 }
    return Self.directories.contains { access($0 + "/" + rawValue, X_OK) == 0 }
  }

  /// Why a test is skipped without it.
  public var reasonToSkip: String {
    self == .root ? "needs to run as root" : "needs the program `\(rawValue)` in PATH"
  }

  private static var directories: [Substring] {
    guard let path = getenv("PATH") else { return [] }
    return String(cString: path).split(separator: ":")
  }
}
