public import Store

/// Why something cannot have a place in a layer that is being generated.
public enum LayerPathError: Error, Equatable, Sendable {
  /// A name in the image has a component that begins with `.wh.`.
  case whiteoutName([UInt8])
  /// The root of an image cannot be removed.
  case whiteoutOfRoot
  /// A name in the image leads out of its root.
  case outsideRoot([UInt8])
  /// A name that no archive can hold.
  case unusableName([UInt8])
}

extension LayerPathError: DiagnosableError {
  /// What failed, in one line.
  public var description: String {
    switch self {
    case .whiteoutName(let name):
      "\(printable(name)) cannot be in a layer: names that begin with .wh. are whiteouts"
    case .whiteoutOfRoot: "the root of an image cannot be removed"
    case .outsideRoot(let name): "\(printable(name)) leads out of the root of the image"
    case .unusableName(let name): "\(printable(name)) is no name that a layer can hold"
    }
  }

  /// The name is wrong.
  public var category: FailureCategory { .invalidContent }

  /// There is no deeper cause.
  public var causes: [String] { [] }

  /// What the user can do about it.
  public var remedy: Remedy? {
    switch self {
    case .whiteoutName: "rename it: with that name it would remove a file when it is unpacked"
    case .whiteoutOfRoot: "start from an image without layers instead: see \(.createImage)"
    case .outsideRoot: "name a place in the image, beginning with a slash"
    case .unusableName: nil
    }
  }
}
