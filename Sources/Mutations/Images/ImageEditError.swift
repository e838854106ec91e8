public import Store

/// An image that cannot be edited, or not that way.
public enum ImageEditError: Error, Sendable, Equatable {
  /// The tag stands for something else than an image.
  case notAnImage(MediaType)
  /// The manifest is that of an artifact, whose config is no image config.
  case notAnImageConfig(MediaType)
  /// A document of the image is not what its type says.
  case invalidDocument(Digest, reason: String)
  /// A patch reaches for a member that ties the image to its layers.
  case protectedMember(String)
  /// A patch would leave an invalid document.
  case invalidPatch(reason: String)
}

extension ImageEditError: DiagnosableError {
  /// What failed, in one line.
  public var description: String {
    switch self {
    case .notAnImage(let type): "this is no image but \(quoted(type))"
    case .notAnImageConfig(let type):
      "this is no image but an artifact: its config is \(quoted(type))"
    case .invalidDocument(let digest, _): "blob \(digest) is not a valid document"
    case .protectedMember(let name): "`\(name)` cannot be patched: that is not safe"
    case .invalidPatch: "the patch would leave an invalid document"
    }
  }

  private func quoted(_ type: MediaType) -> String { "\"\(type.rawValue.prefix(120))\"" }

  /// The category of the failure.
  public var category: FailureCategory {
    switch self {
    case .notAnImage, .notAnImageConfig: .unsupported
    case .invalidDocument, .invalidPatch: .invalidContent
    case .protectedMember: .usage
    }
  }

  /// What is behind it.
  public var causes: [String] {
    switch self {
    case .invalidDocument(_, let reason), .invalidPatch(let reason): [reason]
    default: []
    }
  }

  /// What to do about it.
  public var hint: String? {
    switch self {
    case .notAnImage, .notAnImageConfig:
      "only images can be edited; `umoci-tx stat` shows what this is"
    case .invalidDocument:
      "another tool wrote it: fix it there, or copy the image into the layout again"
    case .protectedMember: "layers, their diff IDs and media types must go on fitting together"
    case .invalidPatch: "look at the document with `umoci-tx cat`, then correct the patch"
    }
  }
}
