internal import ArgumentParser
internal import Journal
internal import Layers
internal import Mutations
internal import Store

/// `diff`: tells how two images, or two states of a layout, differ.
struct DiffCommand: ContextualCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Show how two images, or two states of a layout, differ.",
    usage: "umoci-tx diff [--layout <path>] [<options>] <a> <b>",
    discussion: """
      A and B are tags (latest, latest@{1}), digests (six digits are enough), or both states of the \
      layout after an operation (12, 12^ before it, @; op:12 where a tag is called 12). \
      Configuration, annotations, history and layers are \
      compared; with `--files` also the paths, by reading the layers without unpacking them.

      Exit status: 0 the same, 1 different, more for a failure.

      Examples:
        umoci-tx diff --layout images/app 1.0 latest --files
        umoci-tx diff latest@{1} latest
        umoci-tx diff 12^ 12
      """)

  @OptionGroup var layout: CurrentLayoutOption

  @Argument(help: ArgumentHelp("What was.", valueName: "a"))
  var first: String

  @Argument(help: ArgumentHelp("What is.", valueName: "b"))
  var second: String

  @OptionGroup var platform: PlatformOption

  @Flag(help: "Compare the files as well; reads the layers that are not in common.")
  var files = false

  @OptionGroup var output: OutputOptions

  func run(in context: CommandContext) throws {
    let now = context.invocation.now()
    let operands = (
      try DiffOperand(parsing: first, now: now), try DiffOperand(parsing: second, now: now)
    )
    let platform = try platform.wanted()
    let lookup = try context.lookup(try layout.path(), atOperation: nil)
    let comparison =
      files
      ? FileComparison(
        blobs: StoredBlobs(lookup.layout, history: lookup.history),
        spoolDirectory: context.environment.temporaryDirectory) : nil
    let report: DiffReport
    let (old, new) = (operands.0.resolved(lookup.index), operands.1.resolved(lookup.index))
    switch (old, new) {
    case (.state(let old), .state(let new)):
      report = try states(from: old, to: new, lookup, comparison)
    case (.state, _), (_, .state):
      throw UsageError(
        "an image cannot be compared with a state of the layout",
        hint: "name the tag as it was: TAG@{op:12}")
    default:
      let difference = try ImageDifference(
        from: try old.descriptor(lookup, platform),
        to: try new.descriptor(lookup, platform), read: lookup.read)
      report = DiffReport(parts: [DiffReport.Part(title: nil, difference, comparison)])
    }
    let isSame = try report.isEmpty()
    try report.write(to: context.output, asJSON: output.json)
    if !isSame { throw ExitCode(1) }
  }

  private func states(
    from old: OperationReference, to new: OperationReference, _ lookup: ImageLookup,
    _ comparison: FileComparison?
  ) throws -> DiffReport {
    let edits = Reversal.edits(
      restoring: try lookup.index(after: new), from: try lookup.index(after: old), tags: nil)
    return try DiffReport(edits, lookup, files: comparison)
  }
}
