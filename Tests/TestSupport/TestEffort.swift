internal import Glibc

/// How long tests may take; `UMOCI_TX_TEST_EFFORT=10` makes the sampling ones ten times as thorough.
public enum TestEffort {
  /// The factor; 1 when nothing else is asked for.
  public static var factor: Int {
    getenv("UMOCI_TX_TEST_EFFORT").flatMap { Int(String(cString: $0)) } ?? 1
  }

  /// The seed of everything that is random, printed by the tests that use it.
  public static var seed: UInt64 {
    getenv("UMOCI_TX_TEST_SEED").flatMap { UInt64(String(cString: $0)) } ?? 1
  }

  /// A seed of its own for one case of a table, so that running it alone gives the same.
  public static func seed(for name: String) -> UInt64 {
    name.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

  /// Whether cases are chosen by name: each is then tested as thoroughly as there is a way to.
  public static var isChoosing: Bool { getenv("UMOCI_TX_TEST_ONLY") != nil }

  /// Which of a table's cases are to run: those that `UMOCI_TX_TEST_ONLY` names.
  public static func isWanted(_ name: String) -> Bool {
    guard let only = getenv("UMOCI_TX_TEST_ONLY") else { return true }
    return String(cString: only).split(separator: ",").contains { name == $0 }
  }

  /// The ways to die at a fail point of a command.
  ///
  /// After a call is before the next one: what the disk has then is the same, since nothing changes it outside of
  /// fail points. Without more effort, or a choice of cases, only one of the two is tried.
  ///
  /// - Parameters:
  ///   - number: Which of the command's calls it is, from 0.
  ///   - points: The fail points of all its calls.
  public static func deaths(at number: Int, of points: [String]) -> [String] {
    let torn = points[number].contains("write") ? ["torn"] : []
    let isEveryWay = factor > 1 || isChoosing || number == points.count - 1
    return ["before"] + torn + (isEveryWay ? ["after"] : [])
  }
}
