internal import ArgumentParser
internal import Journal
internal import Mutations
internal import Store

/// `batch`: many edits as one operation.
struct BatchCommand: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "batch",
    abstract: "Make many edits as one operation: all of them or none.",
    usage: "umoci-tx batch [--layout <path>] [<options>] [<file>]",
    discussion: """
      Reads one edit a line, as you would type the command, but with the tag alone in the place of \
      `--image PATH:TAG`:

        new TAG              [--expect DIGEST|TAG|none]
        tag TAG[@{...}] NEW  [--expect DIGEST|TAG|none] [--whole-index]
        rm  TAG              [--expect DIGEST|TAG|none]
        config TAG           [--tag NEW] and whatever else `config` takes
        insert TAG           [--tag NEW] ... SOURCE TARGET
        repack TAG           [--refresh-bundle] ... BUNDLE
        raw add-layer TAG    [--tag NEW] ... FILE

      An image may also be named by its digest: `tag @3f2a1b NEW`. \
      Later lines see what earlier ones did. Quotes and backslashes work as in a shell, nothing is \
      expanded; empty lines and what follows a # are skipped. If one line fails, nothing happens, \
      and the error names the line.

      Example:
        umoci-tx batch --layout images/app -m "release 1.1" <<END
        tag 1.1 latest
        tag latest@{1} previous   # what latest was before the batch
        rm 1.1-rc1
        END
      """)

  @OptionGroup var layout: CurrentLayoutOption

  @Argument(
    help: ArgumentHelp("The file with the edits, or - for standard input.", valueName: "file"),
    completion: .file())
  var file = "-"

  @OptionGroup var writing: WritingFlags
  @OptionGroup var output: OutputOptions

  func run(in context: CommandContext) throws {
    let path = try layout.path()
    let runner = try context.runner(path, writing)
    let text = try BatchText(reading: file)
    var grammar = BatchGrammar(path, context)
    let steps = try text.lines.enumerated().compactMap { number, line in
      try grammar.step(line, at: "\(text.name):\(number + 1)")
    }
    let reason = "the batch changes nothing"
    if steps.isEmpty {
      return try context.present(
        .unchanged(reason: "the batch is empty"), asJSON: output.json, .quiet)
    }
    try context.present(
      try runner.run(Batch(steps)), asJSON: output.json, .quiet, unchanged: reason)
  }
}
