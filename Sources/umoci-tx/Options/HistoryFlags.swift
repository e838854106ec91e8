internal import ArgumentParser
internal import Mutations
internal import Store

/// What a change tells in the history of the image, as opposed to that of the layout.
struct HistoryFlags: ParsableArguments {
  @Flag(help: "Add no entry to the history of the image.")
  var noHistory = false

  @Option(
    name: .customLong("history.author"),
    help: ArgumentHelp("The author in the history entry.", valueName: "name"))
  var author: String?

  @Option(
    name: .customLong("history.comment"),
    help: ArgumentHelp("The comment in the history entry.", valueName: "text"))
  var comment: String?

  @Option(
    name: .customLong("history.created"),
    help: ArgumentHelp("The time in the history entry (RFC 3339).", valueName: "time"))
  var created: String?

  @Option(
    name: .customLong("history.created_by"),
    help: ArgumentHelp("The command in the history entry.", valueName: "text"))
  var createdBy: String?

  /// What to tell.
  func policy() throws(UsageError) -> HistoryPolicy {
    guard noHistory else {
      return .entry(
        .init(
          created: try created.map { text throws(UsageError) in
            try ConfigText.time(text, "--history.created")
          }, createdBy: createdBy, author: author, comment: comment))
    }
    guard author == nil, comment == nil, created == nil, createdBy == nil else {
      throw UsageError("--no-history and --history.* are mutually exclusive")
    }
    return .unchanged
  }
}
