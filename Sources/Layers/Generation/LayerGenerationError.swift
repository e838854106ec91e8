public import Store

/// Why a layer could not be generated; nothing of it is kept then.
public enum LayerGenerationError: Error, Equatable, Sendable {
  /// Nothing is where a source should be.
  case noSource(path: String)
  /// A file was changed by somebody else while it was being read.
  case changedWhileRead(path: String, SourceChange)
  /// The kind of a file is none that a layer can have.
  case unknownKind(path: String)
  /// The owner of a file is not in the mapped ranges.
  case owner(path: String, IDMappingError)
  /// The attribute that tells the owner of a file is malformed.
  case malformedOwner(path: String, MalformedRootlessOwner)
}

/// What happened to a file while it was being read.
public enum SourceChange: Equatable, Sendable {
  /// It is longer now; sizes in bytes.
  case grew(from: Int64, to: Int64)
  /// It is shorter now; sizes in bytes.
  case shrank(from: Int64, to: Int64)
  /// It is gone, or another file has its name.
  case replaced
  /// It was written to, or its metadata were changed.
  case modified
}

extension SourceChange: CustomStringConvertible {
  /// What happened, in a few words.
  public var description: String {
    switch self {
    case .grew(let before, let after): "it grew from \(before) to \(after) bytes"
    case .shrank(let before, let after): "it shrank from \(before) to \(after) bytes"
    case .replaced: "it was removed or replaced"
    case .modified: "it was modified"
    }
  }
}

extension LayerGenerationError: DiagnosableError {
  /// What failed, in one line.
  public var description: String {
    switch self {
    case .noSource(let path): "there is nothing at \(printable(Array(path.utf8)))"
    case .changedWhileRead(let path, let change):
      "\(printable(Array(path.utf8))) changed while it was read: \(change)"
    case .unknownKind(let path):
      "\(printable(Array(path.utf8))) is of a kind that a layer cannot hold"
    case .owner(let path, let error): "\(printable(Array(path.utf8))): \(error)"
    case .malformedOwner(let path, let error): "\(printable(Array(path.utf8))): \(error)"
    }
  }

  /// The category of the failure.
  public var category: FailureCategory {
    switch self {
    case .noSource: .notFound
    case .changedWhileRead: .busy
    case .unknownKind: .unsupported
    case .owner(_, let error): error.category
    case .malformedOwner(_, let error): error.category
    }
  }

  /// There is no deeper cause.
  public var causes: [String] { [] }

  /// What the user can do about it.
  public var remedy: Remedy? {
    switch self {
    case .noSource: "name a file or a folder of this machine"
    case .changedWhileRead: "stop what writes to it, then run the command again"
    case .unknownKind: "remove it, or leave it out"
    case .owner(_, let error): error.remedy
    case .malformedOwner(_, let error): error.remedy
    }
  }
}
