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

  /// The calls of a command, by their numbers from 0, at which it is to die.
  ///
  /// Between two of its other calls SQLite writes many pages of one transaction, which is rolled back whole whichever
  /// of them was the last. Without more effort, or a choice of cases, the first, the last and one between them are tried.
  ///
  /// - Parameters:
  ///   - points: The fail points of all its calls.
  ///   - seed: Chooses the one between them.
  public static func calls(of points: [String], seed: UInt64) -> [Int] {
    if factor > 1 || isChoosing { return Array(points.indices) }
    var random = SplitMix(announcing: seed)
    var chosen: [Int] = []
    while let start = chosen.last.map({ $0 + 1 }) ?? points.indices.first, start < points.count {
      let end = points[start...].firstIndex { $0 != "sqlite.write" } ?? points.count
      if end - start > 3 {
        chosen += [start, Int.random(in: start + 1..<end - 1, using: &random), end - 1]
      } else {
        chosen.append(start)
      }
    }
    return chosen
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
