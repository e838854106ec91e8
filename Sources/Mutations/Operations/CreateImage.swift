public import Journal
public import Store

/// Creates an image without layers; umoci-behaviour §1.7 `new`.
public struct CreateImage: Mutation {
  let tag: ReferenceName
  let created: Timestamp
  let platform: Platform
  private var manifest: Descriptor?

  /// Creates an image and sets a tag to it.
  ///
  /// - Parameters:
  ///   - tag: The tag; what it was before is replaced.
  ///   - created: The time that the image's config will tell.
  ///   - platform: The platform that the image's config will tell.
  public init(_ tag: ReferenceName, created: Timestamp, platform: Platform = .host) {
    self.tag = tag
    self.created = created
    self.platform = platform
  }

  /// `new`.
  public var kind: OperationKind { .new }

  /// The tag.
  public var destination: String? { tag.rawValue }

  /// A config and a manifest.
  public var stagesBlobs: Bool { true }

  /// Stages config and manifest.
  public mutating func stage(_ stage: any BlobStage, in context: MutationContext) throws {
    let config = ImageConfig(created: created, platform: platform)
    let descriptor = try stage.stage(config.serialized(), mediaType: .imageConfig)
    let manifest = ImageManifest(config: descriptor)
    self.manifest = try stage.stage(manifest.serialized(), mediaType: .imageManifest)
  }

  /// Proposes the entry.
  public func propose(
    on index: ImageIndex, in context: MutationContext
  ) throws -> Transaction.Proposal {
    guard let manifest else { return .init(edits: []) }
    return .init(edits: [context.edit(tag.rawValue, to: manifest, on: index)])
  }
}
