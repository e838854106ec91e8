public import Store

/// A tag stands for no image, or the image does not fit together, or cannot be edited that way.
public enum ImageError: Error, Sendable, Equatable {
  /// The tag stands for something else than an image.
  case notAnImage(MediaType)
  /// The manifest is that of an artifact, whose config is no image config.
  case notAnImageConfig(MediaType)
  /// The config names another number of layers than the manifest.
  case layerCount(manifest: Int, config: Int)
  /// A document of the image is not what its type says.
  case invalidDocument(Digest, reason: String)
  /// A patch reaches for a member that ties the image to its layers.
  case protectedMember(String)
  /// A patch would leave an invalid document.
  case invalidPatch(reason: String)
  /// Tags stand for what was to be removed by its digest.
  case tagged(String, tags: [String])
}

extension ImageError: DiagnosableError {
  /// What failed, in one line.
  public var description: String {
    switch self {
    case .notAnImage(let type): "this is no image but \(quoted(type))"
    case .notAnImageConfig(let type):
      "this is no image but an artifact: its config is \(quoted(type))"
    case .layerCount(let manifest, let config):
      "the manifest has \(manifest) layers, but the config \(config) diff IDs"
    case .invalidDocument(let digest, _): "blob \(digest) is not a valid document"
    case .protectedMember(let name): "`\(name)` cannot be patched: that is not safe"
    case .invalidPatch: "the patch would leave an invalid document"
    case .tagged(let digest, let tags):
      "\(digest) has \(tags.count == 1 ? "the tag" : "the tags") \(tags.joined(separator: ", "))"
    }
  }

  private func quoted(_ type: MediaType) -> String { "\"\(type.rawValue.prefix(120))\"" }

  /// The category of the failure.
  public var category: FailureCategory {
    switch self {
    case .notAnImage, .notAnImageConfig: .unsupported
    case .layerCount, .invalidDocument, .invalidPatch: .invalidContent
    case .protectedMember, .tagged: .usage
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
  public var remedy: Remedy? {
    switch self {
    case .notAnImage, .notAnImageConfig:
      "only images can be unpacked and edited; \(.inspectImage) shows what this is"
    case .layerCount: "the image was put together wrongly: build it again"
    case .invalidDocument:
      "another tool wrote it: fix it there, or copy the image into the layout again"
    case .protectedMember: "layers, their diff IDs and media types must go on fitting together"
    case .invalidPatch:
      "look at the document with \(.showDocument), then correct the patch"
    case .tagged: "by digest only entries without a tag are removed: remove the tags"
    }
  }
}
