internal import ArgumentParser
internal import Journal
internal import Mutations
internal import Store

/// `verify`: checks a layout, its history and what is kept for it.
struct VerifyCommand: ContextualCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check that a layout, its images and its history are whole.",
    usage: "umoci-tx verify [--layout <path> | --image <path[:tag]>] [<options>]",
    discussion: """
      Checks every document against its specification, every blob that index.json reaches against \
      its digest and size, and the history against its records, its stamp and what it keeps. A \
      line is a finding: a code that scripts may rely on, what it is about, and what is wrong. \
      Lines that begin with `note:` are no damage. With findings the exit status is 65. \
      docs/findings.md explains each code.

      Nothing is changed without --repair, which puts back what has a good copy: in what the \
      history keeps, in the trash of a gc, or in the journal. It also does what `recover` does. \
      Restored blobs and removed tags are an operation of the history.

      Examples:
        umoci-tx verify --layout images/app
        umoci-tx verify --image images/app:1.0 --deep
        umoci-tx verify --layout images/app --repair --remove-tag broken
      """)

  @OptionGroup var layout: CurrentLayoutOption

  @Option(
    help: ArgumentHelp(
      "Check only what this tag stands for, and no history.", valueName: "path[:tag]"),
    completion: .directory)
  var image: String?

  @Flag(help: "Look into layers: diff IDs, tar structure, unsafe names, whiteouts.")
  var deep = false

  @Flag(help: "Put back what is damaged and has a good copy.")
  var repair = false

  @Option(
    name: .customLong("remove-tag"),
    help: ArgumentHelp(
      "With --repair: remove this tag if what it needs cannot be put back; may be repeated.",
      valueName: "tag"))
  var removedTags: [String] = []

  @OptionGroup var progress: ProgressOption

  @OptionGroup(title: "Options of --repair")
  var writing: WritingFlags
  @OptionGroup var output: OutputOptions

  var tellsOfChange: Bool { repair && !writing.dryRun }

  func run(in context: CommandContext) throws {
    let address = try address(context)
    let path = try address?.path ?? layout.path()
    let display = ProgressDisplay(
      try progress.style(context.messages), context.messages, noun: "blob")
    defer { display.finish() }
    let report: VerificationReport
    if repair {
      report = try mend(path, display, context)
    } else {
      report = VerificationReport(
        path: path, verification: try verify(path, address, display, context))
    }
    display.finish()
    if output.json {
      try context.output.document(report.json)
    } else {
      try context.output.lines(report.lines(style: context.output.style), context.messages.hints)
    }
    if !report.verification.isSound {
      throw ExitCode(FailureCategory.invalidContent.rawValue)
    }
  }

  private func address(_ context: CommandContext) throws(UsageError) -> ImageAddress? {
    if !repair, !removedTags.isEmpty || !writing.isEmpty {
      throw UsageError(
        "nothing is written without --repair", hint: "add --repair, or leave its options out")
    }
    guard let image else { return nil }
    if layout.layout != nil { throw UsageError("--layout and --image exclude each other") }
    if repair { throw UsageError("a layout is repaired as a whole", hint: "use --layout PATH") }
    return try ImageAddress(parsing: image, now: context.invocation.now())
  }

  private func verify(
    _ path: String, _ address: ImageAddress?, _ display: ProgressDisplay,
    _ context: CommandContext
  ) throws -> LayoutVerification {
    let opened: ImageLayout
    do throws(LayoutError) { opened = try ImageLayout.open(path) } catch {
      guard let damage = LayoutVerification(of: error, at: path) else { throw error }
      return damage
    }
    let scope = address.map { VerifyLayout.Scope.image($0.reference) } ?? .layout
    var verify = VerifyLayout(opened, scope, isDeep: deep, context.invocation)
    verify.onProgress = { display.update($0) }
    return try verify.run()
  }

  private func mend(
    _ path: String, _ display: ProgressDisplay, _ context: CommandContext
  ) throws -> VerificationReport {
    var repair = RepairLayout(
      at: path, removing: removedTags, isDeep: deep, context.invocation(writing.reason),
      try writing.options())
    repair.onProgress = { display.update($0) }
    let outcome = try writing.dryRun ? repair.plan() : repair.run()
    return VerificationReport(
      path: path, verification: outcome.verification,
      repair: RepairText(outcome, isDryRun: writing.dryRun))
  }
}
