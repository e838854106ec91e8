public import Journal
public import Layers
public import Store

/// Adds a finished layer to an image; umoci-behaviour §9.2.
///
/// A compressed one is taken as it is, unless another compression is asked for.
public struct AddLayer: LayerMutation {
  let bytes: LayerBytes
  let addition: LayerAddition
  private var plan: LayerAddition.Plan?
  /// What is known of the layer, once it is staged; its entries only in a dry run.
  public let findings = LayerFindings()
  /// Told how much of it was read.
  public var onProgress: ((LayerProgress) -> Void)?
  /// Never told anything: what is in an archive is stored as it is.
  public var onWarning: (String) -> Void = { _ in }
  /// Asked now and then; what it throws ends the work.
  public var check: () throws -> Void = {}

  /// Adds a layer to an image.
  ///
  /// - Parameters:
  ///   - bytes: The layer, a tar, plain or compressed.
  ///   - addition: The image, the tag, and how the layer is made.
  public init(_ bytes: LayerBytes, _ addition: LayerAddition) {
    self.bytes = bytes
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
    let layer = try LayerImport(bytes)
    try layer.checkBeginning()
    let settings = addition.settings
    // Compressed already, and nobody wants it otherwise.
    let isTaken =
      layer.compression != .none && settings.level == nil
      && settings.compression ?? layer.compression == layer.compression
    let watch = watching(ByteCount(layer.size))
    findings.changes = stage.isDry ? [] : nil
    plan = try addition.stage(
      on: stage, in: context, command: "umoci raw add-layer", author: .image,
      as: isTaken ? layer.compression : nil, findings
    ) { sink, compression, _ in
      try layer.copy(to: sink, as: isTaken ? nil : compression, check: watch) {
        findings.changes?.append($0)
      }
    }
  }

  /// Proposes the entry, unless somebody has moved the tag since it was planned.
  public func propose(
    on index: ImageIndex, in context: MutationContext
  ) throws -> Transaction.Proposal {
    try addition.propose(plan, on: index, in: context)
  }
}
