public import Journal
public import Store

/// One image of a layout, with its documents read and verified.
public struct SelectedImage: Sendable {
  /// The way from the entry of index.json to the manifest.
  public let path: DescriptorPath
  /// The manifest.
  public let manifest: ImageManifest
  /// The config.
  public let config: ImageConfig

  /// Finds the image that a tag stands for.
  ///
  /// - Parameters:
  ///   - reference: The tag, now or at some point of its history.
  ///   - index: Where the tag is looked up.
  ///   - platform: Which image of a multi-platform one is wanted. Nil takes the only one there is,
  ///     or the only one for this machine.
  ///   - context: Where documents are read.
  /// - Throws: ``ReferenceError``, ``ImageError``, and what reading the documents throws.
  public init(
    _ reference: TagReference, in index: ImageIndex, platform: Platform?,
    _ context: MutationContext
  ) throws {
    let view = try ImageSource(reference).view(of: index, context)
    let read = context.documents.read
    path = try Self.find(reference.name.rawValue, in: view, platform, read)
    let target = path.target
    guard target.mediaType == .imageManifest else {
      throw ImageError.notAnImage(target.mediaType)
    }
    manifest = try ImageManifest(
      parsing: try read(target), named: target.digest.description)
    let config = manifest.config
    guard config.mediaType.isImageConfig else {
      throw ImageError.notAnImageConfig(config.mediaType)
    }
    self.config = try ImageConfig(
      parsing: try read(config), named: config.digest.description)
  }

  private static func find(
    _ name: String, in index: ImageIndex, _ platform: Platform?, _ read: DocumentSource
  ) throws -> DescriptorPath {
    do {
      return try References.resolveOne(name, in: index, platform: platform, read: read)
    } catch ReferenceError.ambiguous(let name, let candidates, let total) where platform == nil {
      // What runs here is what is meant, if that is one image; else the whole list is told.
      let own = try? References.resolveOne(name, in: index, platform: .host, read: read)
      if let own { return own }
      throw ReferenceError.ambiguous(name: name, candidates: candidates, total: total)
    }
  }
}

/// A tag stands for something that is no image that can be run or unpacked.
public enum ImageError: Error, Equatable, Sendable {
  /// It is no OCI image manifest.
  case notAnImage(MediaType)
  /// The manifest's config is none of an image: it is some other artifact.
  case notAnImageConfig(MediaType)
  /// The config names another number of layers than the manifest.
  case layerCount(manifest: Int, config: Int)
}

extension ImageError: DiagnosableError {
  /// What failed, in one line.
  public var description: String {
    switch self {
    case .notAnImage(let type): "\(type.rawValue.debugDescription) is no OCI image manifest"
    case .notAnImageConfig(let type):
      "the config is no image config but \(type.rawValue.debugDescription)"
    case .layerCount(let manifest, let config):
      "the manifest has \(manifest) layers, but the config \(config) diff IDs"
    }
  }

  /// Other types are not supported; a contradiction is invalid.
  public var category: FailureCategory {
    if case .layerCount = self { .invalidContent } else { .unsupported }
  }

  /// There is no deeper cause.
  public var causes: [String] { [] }

  /// What the user can do about it.
  public var hint: String? {
    switch self {
    case .notAnImage:
      "convert it, for example with `skopeo copy --format oci`, or choose another tag"
    case .notAnImageConfig: "only images have a root file system: choose another tag"
    case .layerCount: "the image was put together wrongly: build it again"
    }
  }
}
