internal import ArgumentParser
internal import Journal
internal import Mutations
internal import Store

/// `gc`: takes what nothing needs out of the layout.
struct CollectCommand: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "gc",
    abstract: "Take blobs that nothing needs out of a layout.",
    usage: "umoci-tx gc [--layout <path>] [--prune[=<age>]] [--grace <age>] [<options>]",
    discussion: """
      Blobs stay that index.json reaches, that a bundle was unpacked from, that an operation at \
      work needs, or that refer to one of these as their `subject`. What only the history needs, to \
      be undone or restored, leaves `blobs/` but is kept. Everything else goes into the trash, and \
      `umoci-tx undo OP` brings it back. Trash is deleted after a week (the setting `trash-days`), or \
      with `--prune` now; only that gives space back, and it cannot be undone.

      How far back the history is kept is a matter of the settings `undo-days` and \
      `undo-operations`. A blob that nothing has ever reached stays while it is young, since \
      another tool may be about to refer to it. An AGE is a number with s, m, h, d or w, or 0.

      Examples:
        umoci-tx gc --layout images/app --dry-run
        umoci-tx gc --layout images/app
        umoci-tx gc --layout images/app --prune=1d
      """)

  @OptionGroup var layout: PresentLayoutOption

  @Option(
    help: ArgumentHelp(
      "Delete trash older than this at once, or all of it without an age.",
      valueName: "age"))
  var prune: String?

  @Option(
    help: ArgumentHelp(
      "Leave blobs that nothing has ever reached until they are this old. (default: 1h)",
      valueName: "age"))
  var grace: String?

  @OptionGroup var writing: WritingFlags
  @OptionGroup var output: OutputOptions

  func run(in context: CommandContext) throws {
    let path = try layout.path()
    let options = CollectionOptions(
      grace: try grace.map { try AgeText.seconds($0, option: "--grace") }
        ?? CollectionOptions.standardGrace,
      trashAge: try prune.map { try AgeText.seconds($0, option: "--prune") })
    let collection = CollectGarbage(
      try ImageLayout.open(path), context.invocation(writing.reason), try writing.options(),
      options)
    let report = writing.dryRun ? try collection.plan() : try collection.run()
    let text = CollectionText(
      report, layout: path, grace: grace ?? "1h", isDryRun: writing.dryRun)
    RecoveryText(report.recovery).tell(context.messages)
    for warning in text.warnings { context.messages.log(.warning, warning) }
    if output.json { return try context.output.document(text.json) }
    for line in text.lines(style: context.output.style) { try context.output.line(line) }
  }
}
