public import Store

/// Bytes that cannot be added to an image as a layer.
public enum LayerImportError: Error, Equatable, Sendable {
  /// It is a folder, a fifo, a device or a socket.
  case notAFile(path: String)
  /// It is no tar archive, neither plain nor compressed, or a damaged one.
  case notALayer(path: String, reason: String)
  /// It comes piece by piece, and all of it was taken already.
  case readAlready(name: String)
}

extension LayerImportError: DiagnosableError {
  /// What failed, in one line.
  public var description: String {
    switch self {
    case .notAFile(let path): "\(printable(Array(path.utf8))) is not a regular file"
    case .notALayer(let path, _): "\(printable(Array(path.utf8))) cannot be a layer"
    case .readAlready(let name): "\(printable(Array(name.utf8))) was read already"
    }
  }

  /// It is what the user named, or a mistake of the program that gave the pieces.
  public var category: FailureCategory {
    if case .readAlready = self { .defect } else { .invalidContent }
  }

  /// What is wrong with the content.
  public var causes: [String] {
    if case .notALayer(_, let reason) = self { [reason] } else { [] }
  }

  /// What the user can do about it.
  public var remedy: Remedy? {
    switch self {
    case .notAFile: "write what it gives to a file first; to add a folder, use \(.insert)"
    case .notALayer: "a layer is a tar archive, plain or compressed with gzip or zstd: make it anew"
    case .readAlready: "give the pieces anew for each operation"
    }
  }
}
