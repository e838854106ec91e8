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
    let documents = try ImageEditor(path, read: read)
    (manifest, config) = (documents.manifest, documents.config)
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
