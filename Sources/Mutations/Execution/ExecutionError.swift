public import Store

/// A tool that could not be run, or whose work cannot be taken over.
public enum ExecutionError: DiagnosableError {
  /// No argument says where the layout goes.
  case noPlaceholder
  /// It could not be started.
  case notStarted(String, code: Int32)
  /// It failed; its own status is the answer.
  case failed(String, status: Int32)
  /// It wrote into a blob that was in the layout.
  case damagedBlob(String)

  /// What failed, in one line.
  public var description: String {
    switch self {
    case .noPlaceholder: "no argument of the tool holds {}"
    case .notStarted(let tool, let code):
      "cannot run \(tool): \(SyscallError(call: "execvp", path: tool, code: code).explanation)"
    case .failed(let tool, let status): "\(tool) exited with \(status); nothing was changed"
    case .damagedBlob(let path): "the tool wrote into the blob \(path), which was in the layout"
    }
  }

  /// The category of the failure.
  public var category: FailureCategory {
    switch self {
    case .noPlaceholder: .usage
    case .notStarted(let tool, let code):
      SyscallError(call: "execvp", path: tool, code: code).category
    case .failed: .inputOutput
    case .damagedBlob: .invalidContent
    }
  }

  /// Nothing is behind it.
  public var causes: [String] { [] }

  /// What to do about it.
  public var hint: String? {
    switch self {
    case .noPlaceholder:
      "write {} where the tool takes the layout's path: skopeo copy … oci:{}:tag"
    case .notStarted: "check its name and PATH"
    case .failed: nil
    case .damagedBlob: "check the layout before you use it: the tool is not safe on hard links"
    }
  }
}
