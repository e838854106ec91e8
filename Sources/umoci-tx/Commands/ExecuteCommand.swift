internal import ArgumentParser
internal import Journal
internal import Mutations
internal import Store

/// `exec`: runs another tool on a private view of the layout.
struct ExecuteCommand: ContextualCommand {
  static let configuration = CommandConfiguration(
    commandName: "exec",
    abstract: "Run another tool on this layout as one operation.",
    usage: "umoci-tx exec [--layout <path>] [<options>] -- <tool> [<argument> ...]",
    discussion: """
      The tool sees a private view of the layout; `{}` in its arguments becomes the view's path. \
      When it succeeds, what it made is merged as one operation; when it fails, nothing happens, \
      and its exit status becomes ours. With `--json` what the tool prints goes to standard error.

      Example:
        umoci-tx exec --layout images/app -- skopeo copy docker://alpine oci:{}:alpine
      """)

  @OptionGroup var layout: CurrentLayoutOption
  @OptionGroup var reason: MessageOption
  @OptionGroup var locking: LockingFlags
  @OptionGroup var output: OutputOptions

  @Argument(
    parsing: .postTerminator,
    help: ArgumentHelp("The tool and its arguments, behind `--`.", valueName: "tool"))
  var tool: [String] = []

  var tellsOfChange: Bool { true }

  /// Refuses a tool that does not stand behind `--`: its options would be taken for ours.
  ///
  /// - Parameter words: The words behind `exec`.
  static func checkTerminator(_ words: ArraySlice<String>) throws(UsageError) {
    let own = words.prefix { $0 != "--" }
    guard let tool = own.firstIndex(where: { !$0.hasPrefix("-") }) else { return }
    // The only word before `--` is the layout, unless that is named.
    let isNamed = own.contains { $0.hasPrefix("--layout") }
    if !isNamed, tool + 1 == own.endIndex, own.endIndex < words.endIndex { return }
    var corrected = Array(words)
    corrected.insert("--", at: tool - words.startIndex)
    let line = TerminalText.commandLine(["umoci-tx", "exec"] + corrected)
    throw UsageError("the tool must stand behind `--`", hint: "write -- before it: `\(line)`")
  }

  func run(in context: CommandContext) throws {
    let path = try layout.path()
    if tool.isEmpty {
      throw UsageError(
        "no tool to run",
        hint: "name it behind `--`: `umoci-tx exec -- skopeo copy docker://alpine oci:{}:alpine`")
    }
    var execution = try ExecuteTool(tool) { words, descriptor throws(ExecutionError) in
      try ToolProcess.run(words, keeping: descriptor)
    }
    execution.check = { try Interruption.check() }
    let ready = execution
    let options = try locking.options()
    let readable = try ReadableLayout(path)
    let result = try StandardOutput.redirected(output.json) {
      try Interruption.deferring {
        try ready.run(on: readable.layout, context.invocation(reason), options)
      }
    }
    try context.present(
      result, asJSON: output.json, .quiet, unchanged: "the tool changed no tag")
  }
}
