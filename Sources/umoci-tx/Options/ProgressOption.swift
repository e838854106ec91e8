internal import ArgumentParser

/// `--progress`, of the commands that may take minutes.
struct ProgressOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How far it is: `auto` (on a terminal), `plain`, `json` or `none`. (default: auto)",
      valueName: "how"),
    completion: .list(ProgressStyle.allCases.map(\.rawValue)))
  var progress: String?

  /// How progress is shown.
  func style(_ messages: MessageWriter) throws(UsageError) -> ProgressStyle {
    guard let progress else { return ProgressStyle.auto.chosen(for: messages) }
    guard let style = ProgressStyle(rawValue: progress) else {
      throw .invalid(
        "--progress", "\"\(progress)\" is none of auto, plain, json and none")
    }
    return style.chosen(for: messages)
  }
}
