public import Store

extension ExtractionError: DiagnosableError {
  /// Untrusted content is invalid; everything else has its own category.
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
  public var remedy: Remedy? {
    switch reason {
    case .entry(.owner(let error)): error.remedy
    case .entry(.limit(let violation)), .limit(let violation): violation.remedy
    case .archive(.headerTooLarge):
      "if you trust the image, allow more with \(.raiseLimit(.headerSize))"
    case .entry: "the image is malformed or hostile; nothing of it was left behind"
    case .archive, .compression, .wrongDiffID:
      "the image is damaged or was put together wrongly: copy it into the layout again"
    case .wrongSize, .wrongDigest:
      "the blob is damaged or not what its name says: copy the image into the layout again"
    case .syscall(let error): error.remedy
    case .blob(let error): (error as? any DiagnosableError)?.remedy
    case .digest: "sha256 and sha512 are supported"
    case .cancelled: nil
    }
  }
}

extension ExtractionLimits.Violation {
  /// How to allow it.
  var remedy: Remedy? {
    let limit: Remedy.ExtractionLimit
    switch self {
    case .layerBytes: limit = .layerSize
    case .ratio: limit = .ratio
    case .entries: limit = .entries
    case .pathLength: limit = .pathLength
    case .pathDepth: limit = .pathDepth
    case .attributeSize, .attributesSize: limit = .attributeSize
    case .nameLength: return nil
    }
    return "if you trust the image, allow more with \(.raiseLimit(limit))"
  }
}
