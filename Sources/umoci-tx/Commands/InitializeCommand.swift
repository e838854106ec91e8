internal import ArgumentParser
internal import Glibc
internal import Journal
internal import Mutations
internal import Store

/// `init`: creates an empty layout.
struct InitializeCommand: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Create an empty image layout.",
    usage: "umoci-tx init --layout <path> [<options>]",
    discussion: """
      The folder must not exist; missing parents are created. The layout appears complete or not \
      at all.

      Example:
        umoci-tx init --layout images/app
      """)

  @OptionGroup var layout: LayoutOption
  @OptionGroup var writing: WritingFlags
  @OptionGroup var output: OutputOptions

  func run(in context: CommandContext) throws {
    let path = try layout.path()
    let options = try writing.options()
    if writing.dryRun {
      var status = stat()
      if path.withPath({ lstat($0, &status) }) == 0 { throw LayoutError.exists(path: path) }
      if output.json {
        return try context.present(.planned([]), asJSON: true, .quiet)
      }
      return try context.output.line(
        "would create an empty image layout: " + TerminalText.escaped(path))
    }
    let record = try CreateLayout.run(at: path, context.invocation(writing.reason), options)
    guard let record else { return }
    try context.present(.committed(record), asJSON: output.json, .quiet)
  }
}
