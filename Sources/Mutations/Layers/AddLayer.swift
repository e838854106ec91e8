public import Journal
internal import Layers
public import Store

/// Adds a file to an image as a layer; umoci-behaviour §9.2.
///
/// A compressed one is taken as it is, unless another compression is asked for.
public struct AddLayer: Mutation {
  let path: String
  let addition: LayerAddition
  private var plan: LayerAddition.Plan?
  /// Asked now and then; what it throws ends the work.
  public var check: () throws -> Void = {}

  /// Adds a file to an image.
  ///
  /// - Parameters:
  ///   - path: The file, a tar, plain or compressed.
  ///   - addition: The image, the tag, and how the layer is made.
  public init(_ path: String, _ addition: LayerAddition) {
    self.path = path
    self.addition = addition
  }

  /// `add-layer`.
  public var kind: OperationKind { OperationKind(rawValue: "add-layer") }

  /// The tag.
  public var destination: String? { addition.tag.rawValue }

  /// A layer, a config and a manifest, and the indexes above them.
  public var stagesBlobs: Bool { true }

  /// Stages the layer and the new documents.
  public mutating func stage(_ stage: any BlobStage, in context: MutationContext) throws {
    let file = try LayerImport(path)
    try file.checkBeginning()
    let settings = addition.settings
    // Compressed already, and nobody wants it otherwise.
    let isTaken =
      file.compression != .none && settings.level == nil
      && settings.compression ?? file.compression == file.compression
    plan = try addition.stage(
      on: stage, in: context, command: "umoci raw add-layer", author: .image,
      as: isTaken ? file.compression : nil
    ) { sink, compression in
      try file.copy(to: sink, as: isTaken ? nil : compression, check: check)
    }
  }

  /// Proposes the entry, unless somebody has moved the tag since it was planned.
  public func propose(
    on index: ImageIndex, in context: MutationContext
  ) throws -> Transaction.Proposal {
    try addition.propose(plan, on: index, in: context)
  }
}
