package import Store

/// Reads one blob to its end and tells what is wrong with its content.
///
/// Memory does not grow with the size of the blob.
package struct BlobInspection: Sendable {
  /// The blob.
  package let blob: LayoutExamination.PendingBlob
  /// Whether layers are looked into as well.
  package let isDeep: Bool
  private let limits: ExtractionLimits

  /// Prepares to read a blob.
  package init(
    _ blob: LayoutExamination.PendingBlob, isDeep: Bool,
    limits: ExtractionLimits = ExtractionLimits()
  ) {
    self.blob = blob
    self.isDeep = isDeep
    self.limits = limits
  }

  /// What an inspection has found.
  package struct Outcome: Sendable {
    /// The findings, in the order of the layer's entries.
    package var findings: [LayoutFinding] = []
    /// Whether the layers below decide whether an entry of this one can be made.
    package var needsImage = false
    /// Whether the blob's own content is wrong, so that another copy would help.
    package var isDamaged = false

    /// Makes one.
    package init(findings: [LayoutFinding] = []) {
      self.findings = findings
    }
  }

  /// Reads the blob.
  ///
  /// - Parameter onBytes: Told how many bytes were read, now and then.
  package func run(in blobs: BlobStore, onBytes: @escaping (Int) -> Void) -> Outcome {
    var outcome = Outcome()
    do throws(BlobError) {
      let reader = CountingReader(
        try blobs.openVerifying(blob.digest, size: blob.size), onBytes)
      if let compression = CompressionAlgorithm(layerType: blob.mediaType), isDeep {
        look(into: reader, compression, &outcome)
      } else if isDeep, !blob.diffIDs.isEmpty {
        note(.layerTypeUnknown, "nobody here can look into \(blob.mediaType)", &outcome)
      }
      try reader.verifyToEnd()
    } catch {
      // A wrong blob is told as such, and not as what that made the decoders say.
      outcome.findings = [error.finding(tag: blob.tag)]
      outcome.isDamaged = error.isMendable
    }
    return outcome
  }

  private func note(_ code: LayoutFinding.Code, _ message: String, _ outcome: inout Outcome) {
    outcome.findings.append(
      LayoutFinding(code, blob.digest.description, message, tag: blob.tag))
  }

  private func look(
    into reader: CountingReader, _ compression: CompressionAlgorithm, _ outcome: inout Outcome
  ) {
    var entries = EntryInspection(of: blob, limits)
    do {
      let decompressor = try LayerDecompressor(compression, windowLog: limits.zstdWindowLog) {
        try reader.read($0)
      }
      let stream = try InspectedStream(decompressor, blob.diffIDs, limits) { reader.count }
      try entries.inspect(stream)
      if let mistype = decompressor.mistype { entries.note(mistype) }
      if entries.isComplete { entries.compare(stream.finish(), blob.diffIDs) }
    } catch {
      entries.fail(error)
    }
    outcome.findings = entries.findings
    outcome.needsImage = entries.needsImage
  }
}

/// A blob under way; the reader may be used from closures.
private final class CountingReader {
  private var reader: BlobReader
  private let onBytes: (Int) -> Void
  private(set) var count: Int64 = 0

  init(_ reader: consuming BlobReader, _ onBytes: @escaping (Int) -> Void) {
    self.reader = reader
    self.onBytes = onBytes
  }

  func read(_ buffer: UnsafeMutableRawBufferPointer) throws(BlobError) -> Int {
    let count = try reader.read(into: buffer)
    self.count += Int64(count)
    onBytes(count)
    return count
  }

  func verifyToEnd() throws(BlobError) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
    defer { buffer.deallocate() }
    while try read(buffer) > 0 {}
    try reader.finish()
  }
}

/// The plain stream of a layer, hashed for its diff IDs.
private final class InspectedStream: TarInput {
  private let decompressor: LayerDecompressor
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
  private let limits: ExtractionLimits
  private let compressed: () -> Int64
  private var sha256 = ContentHasher.makeSHA256()
  private var sha512: ContentHasher?
  private var total: Int64 = 0
  private var isAtEnd = false

  init(
    _ decompressor: LayerDecompressor, _ diffIDs: [DiffID], _ limits: ExtractionLimits,
    _ compressed: @escaping () -> Int64
  ) throws {
    self.decompressor = decompressor
    self.limits = limits
    self.compressed = compressed
    if diffIDs.contains(where: { $0.digest.algorithm == .sha512 }) {
      sha512 = try ContentHasher(.sha512)
    }
  }

  deinit { buffer.deallocate() }

  func nextPiece() throws -> UnsafeRawBufferPointer? {
    if isAtEnd { return nil }
    let count = try decompressor.read(into: buffer)
    isAtEnd = count < buffer.count
    total += Int64(count)
    if total > limits.layerBytes { throw LayerFailure(.layerBytes(limit: limits.layerBytes)) }
    if total > limits.ratioThreshold, total / max(compressed(), 1) > limits.ratio {
      throw LayerFailure(.ratio(limit: limits.ratio))
    }
    let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
    sha256.update(piece)
    sha512?.update(piece)
    return count == 0 ? nil : piece
  }

  /// The digests of the whole stream; call it once, at its end.
  func finish() -> [Digest] {
    var finished = ContentHasher.makeSHA256()
    swap(&finished, &sha256)
    return [finished.finalize()] + [sha512.take()?.finalize()].compactMap { $0 }
  }
}

extension LayerFailure {
  fileprivate init(_ violation: ExtractionLimits.Violation) {
    self.init(reason: .limit(violation))
  }
}
