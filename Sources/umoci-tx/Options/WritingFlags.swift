internal import ArgumentParser
internal import Journal
internal import Mutations
internal import Store

/// How a command goes about writing.
struct LockingFlags: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How long to wait for another writer; 0 does not wait. (default: 60)", valueName: "seconds"))
  var lockTimeout: String?

  @Option(
    help: ArgumentHelp(
      "`full` survives a power cut, `relaxed` only a crash of the program. (default: full)",
      valueName: "how"),
    completion: .list(Durability.allCases.map(\.rawValue)))
  var durability: String?

  /// All of them, checked.
  func options() throws(UsageError) -> WritingOptions {
    WritingOptions(durability: try durable(), lockTimeout: try timeout())
  }

  /// Whether none is given.
  var isEmpty: Bool { lockTimeout == nil && durability == nil }

  /// How long to wait for the lock.
  func timeout() throws(UsageError) -> LockTimeout {
    guard let lockTimeout else { return .standard }
    guard let milliseconds = Self.milliseconds(lockTimeout) else {
      throw .invalid(
        "--lock-timeout", "\"\(lockTimeout)\" is no number of seconds",
        hint: "write for example 0, 2.5 or 60")
    }
    return LockTimeout(milliseconds: milliseconds)
  }

  /// How hard to try to survive a power cut.
  func durable() throws(UsageError) -> Durability {
    guard let durability else { return .full }
    guard let value = Durability(rawValue: durability) else {
      throw .invalid("--durability", "\"\(durability)\" is neither `full` nor `relaxed`")
    }
    return value
  }

  /// Reads seconds with at most three decimals, up to a year.
  private static func milliseconds(_ text: String) -> Int64? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let isNumber = parts.allSatisfy { part in
      (1...8).contains(part.utf8.count) && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
    guard isNumber, let seconds = Int64(parts[0]), seconds <= 31_536_000 else { return nil }
    guard parts.count == 2 else { return seconds * 1000 }
    let decimals = (parts[1] + "000").prefix(3)
    return Int64(decimals).map { seconds * 1000 + $0 }
  }
}

/// `-m`, of the commands that the history keeps.
struct MessageOption: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Why; it is kept in the history.", valueName: "text"))
  var message: String?
}

/// What every writing command takes.
struct WritingFlags: ParsableArguments {
  @OptionGroup var reason: MessageOption
  @OptionGroup var locking: LockingFlags

  @Flag(help: "Say what would change, and change nothing.")
  var dryRun = false

  /// How to write, checked.
  func options() throws(UsageError) -> WritingOptions { try locking.options() }

  /// Whether none is given.
  var isEmpty: Bool { reason.message == nil && locking.isEmpty && !dryRun }
}

/// `--expect DIGEST|none`, which makes a write a compare-and-swap.
struct ExpectOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Fail (75) unless the tag points to this digest, of which six digits are enough, or to what this \
      tag points to, or is absent (`none`).
      """, valueName: "digest|tag|none"))
  var expect: String?

  /// What is expected; nil when anything is welcome.
  func expectation(now: Timestamp) throws(UsageError) -> Expectation? {
    guard let expect else { return nil }
    if expect == "none" { return .absent }
    do throws(ImageReference.Malformed) {
      return .image(try ImageReference(parsingOperand: expect, now: now))
    } catch {
      throw .invalid(
        "--expect", "\(error)", hint: "`umoci-tx ls --json` shows the digests of all tags")
    }
  }
}
