public import Store

/// A tool that could not be run, or whose work cannot be taken over.
public enum ExecutionError: DiagnosableError {
  /// No argument says where the layout goes.
  case noPlaceholder
  /// It could not be started.
  case notStarted(String, code: Int32)
  /// It failed; its own status is the answer.
  case failed(String, status: Int32)
  /// It wrote into blobs that were in the layout: their paths below `blobs/`.
  case damagedBlobs(lost: [String], restored: [String])
  /// It left no index.json that can be read.
  case unusableIndex(reason: String)
  /// Something that it started, and that cannot be ended, is still writing a blob.
  case stillWriting(String)

  /// What failed, in one line.
  public var description: String {
    switch self {
    case .noPlaceholder: "no argument of the tool holds {}"
    case .notStarted(let tool, let code):
      "cannot run \(tool): \(SyscallError(call: "execvp", path: tool, code: code).explanation)"
    case .failed(let tool, let status): "\(tool) exited with \(status); nothing was changed"
    case .damagedBlobs(let lost, let restored):
      "the tool wrote into \(lost.count + restored.count) blob(s) of the layout; "
        + (lost.isEmpty
          ? "they have been put back, and nothing else was changed"
          : "\(lost.count) cannot be put back")
    case .unusableIndex: "the tool left no usable index.json; nothing was changed"
    case .stillWriting(let path): "the blob \(path) is still being written; nothing was changed"
    }
  }

  /// The category of the failure.
  public var category: FailureCategory {
    switch self {
    case .noPlaceholder: .usage
    case .notStarted(let tool, let code):
      SyscallError(call: "execvp", path: tool, code: code).category
    case .failed: .inputOutput
    case .damagedBlobs, .unusableIndex: .invalidContent
    case .stillWriting: .busy
    }
  }

  /// The blobs that are concerned, or what is wrong with index.json.
  public var causes: [String] {
    switch self {
    case .damagedBlobs(let lost, let restored):
      lost.map { "lost: \($0)" } + restored.map { "put back: \($0)" }
    case .unusableIndex(let reason): [reason]
    case .noPlaceholder, .notStarted, .failed, .stillWriting: []
    }
  }

  /// What to do about it.
  public var remedy: Remedy? {
    switch self {
    case .noPlaceholder:
      "write {} where the tool takes the layout's path: skopeo copy … oci:{}:tag"
    case .notStarted: "check its name and PATH"
    case .failed: nil
    case .damagedBlobs(let lost, _):
      lost.isEmpty
        ? "this tool must not be run with \(.execute): it writes into files instead of replacing them"
        : "copy the images that have these layers into the layout again"
    case .unusableIndex: "a tool under \(.execute) has to leave an image layout at {}"
    case .stillWriting: "a process that the tool started has escaped: end it, then run this again"
    }
  }
}
