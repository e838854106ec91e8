internal import Journal
public import Store

/// Where new blobs go: to a staging area, or nowhere in a dry run.
public protocol BlobStage {
  /// Whether this only looks for mistakes, so that what takes long may be left out.
  var isPreflight: Bool { get }

  /// Whether nothing is kept, so that nothing may be changed elsewhere either.
  var isDry: Bool { get }

  /// Takes a blob that is in memory.
  func stage(_ bytes: [UInt8], mediaType: MediaType) throws -> Descriptor

  /// Takes a blob that `body` writes piece by piece, in memory of constant size.
  ///
  /// - Throws: What `body` throws; nothing of the blob counts then.
  func stage<Result>(
    mediaType: MediaType, writing body: (any BlobSink) throws -> Result
  ) throws -> (blob: Descriptor, result: Result)
}

extension BlobStage {
  /// No.
  public var isPreflight: Bool { false }
  /// No.
  public var isDry: Bool { false }
}

/// Stages blobs for an operation.
struct OperationStage: BlobStage {
  let area: StagingArea

  func stage(_ bytes: [UInt8], mediaType: MediaType) throws -> Descriptor {
    try area.stage(bytes).descriptor(mediaType: mediaType)
  }

  func stage<Result>(
    mediaType: MediaType, writing body: (any BlobSink) throws -> Result
  ) throws -> (blob: Descriptor, result: Result) {
    let (blob, result) = try area.stage(writing: body)
    return (blob.descriptor(mediaType: mediaType), result)
  }
}

/// Stages blobs and remembers the small ones, for steps of a batch that read what earlier ones made.
final class RememberingStage: BlobStage {
  private let stage: any BlobStage
  private(set) var documents: [Digest: [UInt8]] = [:]

  init(_ stage: any BlobStage) {
    self.stage = stage
  }

  var isPreflight: Bool { stage.isPreflight }
  var isDry: Bool { stage.isDry }

  func stage(_ bytes: [UInt8], mediaType: MediaType) throws -> Descriptor {
    let descriptor = try stage.stage(bytes, mediaType: mediaType)
    documents[descriptor.digest] = bytes
    return descriptor
  }

  func stage<Result>(
    mediaType: MediaType, writing body: (any BlobSink) throws -> Result
  ) throws -> (blob: Descriptor, result: Result) {
    try stage.stage(mediaType: mediaType, writing: body)
  }
}

/// Says what would be staged.
final class DryStage: BlobStage {
  let isPreflight: Bool
  /// What would have been staged so far.
  private(set) var planned = PlannedContent()
  var isDry: Bool { true }

  init(isPreflight: Bool = false) {
    self.isPreflight = isPreflight
  }

  func stage(_ bytes: [UInt8], mediaType: MediaType) throws -> Descriptor {
    let digest = Digest.sha256(of: bytes)
    planned.add(digest, bytes)
    return Descriptor(mediaType: mediaType, digest: digest, size: Int64(bytes.count))
  }

  func stage<Result>(
    mediaType: MediaType, writing body: (any BlobSink) throws -> Result
  ) throws -> (blob: Descriptor, result: Result) {
    let sink = DigestSink()
    let result = try body(sink)
    let digest = sink.finish()
    planned.add(digest)
    return (Descriptor(mediaType: mediaType, digest: digest, size: sink.size), result)
  }
}
