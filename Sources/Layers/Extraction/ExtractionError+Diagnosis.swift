public import Store

extension ExtractionError: DiagnosableError {
  /// A stranger's content is invalid; everything else has its own category.
  public var category: FailureCategory {
    switch reason {
    case .entry, .archive, .limit, .wrongSize, .wrongDigest, .wrongDiffID: .invalidContent
    case .compression(.outOfMemory): .inputOutput
    case .compression: .invalidContent
    case .digest: .unsupported
    case .syscall(let error):
      error.isNotFound || error.isAlreadyThere ? .inputOutput : error.category
    case .cancelled: .busy
    case .blob(let error): (error as? any DiagnosableError)?.category ?? .inputOutput
    }
  }

  /// There is no deeper cause than the description tells.
  public var causes: [String] {
    if case .blob(let error as any DiagnosableError) = reason { return error.causes }
    return []
  }

  /// What the user can do about it.
  public var hint: String? {
    switch reason {
    case .entry(.owner(let error)): error.hint
    case .entry(.limit(let violation)), .limit(let violation): violation.hint
    case .archive(.headerTooLarge):
      "if you trust the image, allow more with --max-header-size BYTES"
    case .entry: "the image is malformed or hostile; nothing of it was left behind"
    case .archive, .compression, .wrongDiffID:
      "the image is damaged or was put together wrongly: copy it into the layout again"
    case .wrongSize, .wrongDigest:
      "the blob is damaged or not what its name says: copy the image into the layout again"
    case .syscall(let error): error.hint
    case .blob(let error): (error as? any DiagnosableError)?.hint
    case .digest: "sha256 and sha512 are supported"
    case .cancelled: nil
    }
  }
}

extension ExtractionLimits.Violation {
  /// How to allow it.
  var hint: String? {
    let option: String
    switch self {
    case .layerBytes: option = "--max-layer-size BYTES"
    case .ratio: option = "--max-ratio NUMBER"
    case .entries: option = "--max-entries NUMBER"
    case .pathLength: option = "--max-path-length BYTES"
    case .pathDepth: option = "--max-path-depth NUMBER"
    case .attributeSize, .attributesSize: option = "--max-xattr-size BYTES"
    case .nameLength: return nil
    }
    return "if you trust the image, allow more with \(option)"
  }
}
