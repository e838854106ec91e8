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
      its digest and size, and the history against its records, its stamp and what it keeps. \
      Nothing is changed. A line is a finding: a code that scripts may rely on, what it is about, \
      and what is wrong. Lines that begin with `note:` are no damage. With findings the exit \
      status is 65. docs/findings.md explains each code.

      Examples:
        umoci-tx verify --layout images/app
        umoci-tx verify --image images/app:1.0 --deep
      """)

  @OptionGroup var layout: CurrentLayoutOption

  @Option(
    help: ArgumentHelp(
      "Check only what this tag stands for, and no history.", valueName: "path[:tag]"),
    completion: .directory)
  var image: String?

  @Flag(help: "Look into layers: diff IDs, tar structure, unsafe names, whiteouts.")
  var deep = false

  @OptionGroup var progress: ProgressOption
  @OptionGroup var output: OutputOptions

  func run(in context: CommandContext) throws {
    let address = try address(context)
    let path = try address?.path ?? layout.path()
    let verification = try verify(path, address, context)
    let report = VerificationReport(path: path, verification: verification)
    if output.json {
      try context.output.document(report.json)
    } else {
      for line in report.lines(style: context.output.style) { try context.output.line(line) }
    }
    if !verification.isSound { throw ExitCode(FailureCategory.invalidContent.rawValue) }
  }

  private func address(_ context: CommandContext) throws(UsageError) -> ImageAddress? {
    guard let image else { return nil }
    if layout.layout != nil { throw UsageError("--layout and --image exclude each other") }
    return try ImageAddress(parsing: image, now: context.invocation.now())
  }

  private func verify(
    _ path: String, _ address: ImageAddress?, _ context: CommandContext
  ) throws -> LayoutVerification {
    let style = try progress.style(context.messages)
    let display = ProgressDisplay(style, context.messages, noun: "blob")
    defer { display.finish() }
    let opened: ImageLayout
    do throws(LayoutError) { opened = try ImageLayout(opening: path) } catch {
      guard let damage = LayoutVerification(of: error, at: path) else { throw error }
      return damage
    }
    let scope = address.map { VerifyLayout.Scope.image($0.reference) } ?? .layout
    var verify = VerifyLayout(opened, scope, isDeep: deep, context.invocation)
    verify.onProgress = { display.update($0) }
    return try verify.run()
  }
}
