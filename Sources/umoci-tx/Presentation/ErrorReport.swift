internal import Mutations
internal import Store

/// A failure as it is told: what failed, what is behind it, what to do, and the exit status.
struct ErrorReport: Equatable {
  /// What failed on what.
  let message: String
  /// What is behind it, outermost first.
  let causes: [String]
  /// What to do about it.
  let hint: String?
  /// The category.
  let category: FailureCategory
  /// The exit status: the category's number, or that of the tool that failed.
  let status: Int32

  /// The report on an error.
  ///
  /// Errors that say nothing about themselves are defects of this program.
  init(_ error: any Error) {
    if let error = error as? any DiagnosableError {
      message = error.description
      causes = error.causes
      hint = error.remedy?.asTyped
      category = error.category
      status = (error as? ExecutionError)?.toolStatus ?? error.category.rawValue
    } else {
      message = "\(error)"
      causes = ["an error of type \(type(of: error)) that this program did not expect"]
      hint = "this is a defect of umoci-tx: please report it with the command that you ran"
      category = .defect
      status = category.rawValue
    }
  }

  /// The report as lines of text, each ended by a newline.
  func text(style: TextStyle, _ hints: CommandHints = CommandHints()) -> String {
    var lines = [style.red(style.bold("error:")) + " " + TerminalText.escaped(message)]
    lines += causes.map { style.bold("caused by:") + " " + TerminalText.escaped($0) }
    if let hint {
      let text = hints.completed(hint, other: TerminalText.escaped)
      lines.append(style.bold("hint:") + " " + text)
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// The report as one JSON object on one line.
  func json(_ hints: CommandHints = CommandHints()) -> JSONObject {
    var error: JSONObject = [
      "message": JSONValue(message), "category": JSONValue(category.word),
      "status": JSONValue(Int64(status)),
      "causes": JSONValue(causes.map { JSONValue($0) }),
    ]
    error["hint"] = hint.map { JSONValue(hints.completed($0, word: ShellQuoting.quoted)) }
    return ["error": .object(error)]
  }
}

extension FailureCategory {
  /// The category's name in JSON.
  var word: String {
    switch self {
    case .different: "different"
    case .usage: "usage"
    case .invalidContent: "invalid-content"
    case .notFound: "not-found"
    case .unsupported: "unsupported"
    case .defect: "defect"
    case .exists: "exists"
    case .inputOutput: "input-output"
    case .busy: "busy"
    case .needsPerson: "needs-person"
    case .permission: "permission"
    }
  }
}

extension ExecutionError {
  /// The exit status of the tool that failed, which becomes ours, as with env(1).
  fileprivate var toolStatus: Int32? {
    if case .failed(_, let status) = self { status } else { nil }
  }
}
