import Synchronization

/// The figures of the crash tests, printed as lines of a table while they grow.
final class CrashTally: Sendable {
  /// Of commands that die.
  static let single = CrashTally("death")
  /// Of recoveries that die too.
  static let double = CrashTally("double death")

  private let name: String
  private let totals = Mutex((calls: 0, deaths: 0, violations: 0))

  private init(_ name: String) {
    self.name = name
  }

  /// Adds one command's figures and prints them beside the total so far.
  func add(_ command: String, _ calls: Int, _ deaths: Int, _ violations: Int) {
    let total = totals.withLock { totals in
      totals.calls += calls
      totals.deaths += deaths
      totals.violations += violations
      return totals
    }
    print(
      "| \(name) | \(command) | \(calls) | \(deaths) | \(violations) | so far: "
        + "\(total.calls) calls, \(total.deaths) deaths, \(total.violations) violations |")
  }
}
