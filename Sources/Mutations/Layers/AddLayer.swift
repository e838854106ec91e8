public import Journal
internal import Layers
public import Store

/// Adds a file to an image as a layer; umoci-behaviour §9.2.
///
/// A compressed one is taken as it is, unless another compression is asked for.
public struct AddLayer: LayerMutation {
  let path: String
  let addition: LayerAddition
  private var plan: LayerAddition.Plan?
  /// What is known of the layer, once it is staged; its entries only in a dry run.
  public let findings = LayerFindings()
  /// Told how much of the file was read.
  public var onProgress: ((LayerProgress) -> Void)?
  /// Never told anything: what is in an archive is stored as it is.
  public var onWarning: (String) -> Void = { _ in }
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
    let watch = watching(ByteCount(file.size))
    findings.changes = stage.isDry ? [] : nil
    plan = try addition.stage(
      on: stage, in: context, command: "umoci raw add-layer", author: .image,
      as: isTaken ? file.compression : nil, findings
    ) { sink, compression, _ in
      try file.copy(to: sink, as: isTaken ? nil : compression, check: watch) {
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
