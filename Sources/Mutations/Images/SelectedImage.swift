internal import Journal
public import Store

/// One image of a layout, with its documents read and verified.
public struct SelectedImage: Sendable {
  /// The way from the entry of index.json to the manifest.
  public let path: DescriptorPath
  /// The manifest.
  public let manifest: ImageManifest
  /// The config.
  public let config: ImageConfig

  /// Finds the image that a tag or a digest stands for.
  ///
  /// - Parameters:
  ///   - reference: The tag, now or at some point of its history, or the digest.
  ///   - index: Where the tag is looked up.
  ///   - platform: Which image of a multi-platform one is wanted. Nil takes the only one there is,
  ///     or the only one for this machine.
  ///   - context: Where documents are read.
  /// - Throws: ``ReferenceError``, ``ImageError``, and what reading the documents throws.
  public init(
    _ reference: ImageReference, in index: ImageIndex, platform: Platform?,
    _ context: MutationContext
  ) throws {
    path = try Self.find(ImageSource(reference), in: index, platform, context)
    let documents = try ImageEditor(path, read: context.read)
    (manifest, config) = (documents.manifest, documents.config)
  }

  private static func find(
    _ source: ImageSource, in index: ImageIndex, _ platform: Platform?, _ context: MutationContext
  ) throws -> DescriptorPath {
    do {
      return try source.path(in: index, platform: platform, context)
    } catch let error as ReferenceError {
      // What runs here is what is meant, if that is one image; else the whole list is told.
      guard case .ambiguous = error, platform == nil,
        let own = try? source.path(in: index, platform: .host, context)
      else { throw error }
      return own
    }
  }
}
