internal import CLinux
internal import Glibc
public import Store

/// How far an extraction is.
public struct ExtractionProgress: Equatable, Sendable {
  /// The layer that is being extracted, from 1.
  public let layer: Int
  /// How many layers there are.
  public let layerCount: Int
  /// How many bytes of all blobs were read.
  public let bytes: Int64
  /// How many bytes all blobs have.
  public let totalBytes: ByteCount

  /// Makes it of its parts.
  package init(layer: Int, layerCount: Int, bytes: Int64, totalBytes: ByteCount) {
    self.layer = layer
    self.layerCount = layerCount
    self.bytes = bytes
    self.totalBytes = totalBytes
  }
}

/// Extracts the layers of an image into a root file system.
///
/// Three threads share the work: one reads, hashes and inflates the blobs, one hashes for the diff
/// IDs, and the caller's parses and writes. Memory does not grow with the size of layers.
///
/// When it returns, every blob, size and diff ID was verified. Nothing is synced to disk. When it
/// throws, the root file system is incomplete and must not be used.
package struct RootfsExtraction {
  private let layers: [LayerSource]
  private let options: ExtractionOptions
  private let spoolDirectory: String
  /// Called in the caller's thread now and then.
  package var onProgress: (ExtractionProgress) -> Void = { _ in }
  /// Called in the caller's thread for what could not be extracted as it is.
  package var onWarning: (ExtractionWarning) -> Void = { _ in }
  /// Asked in the caller's thread for each entry and each piece of a file.
  package var isCancelled: () -> Bool = { false }

  /// Prepares an extraction.
  ///
  /// - Parameters:
  ///   - layers: The layers in the order of the manifest.
  ///   - options: How they are extracted.
  ///   - spoolDirectory: A folder for a temporary file, used for images with very many entries.
  package init(layers: [LayerSource], options: ExtractionOptions, spoolDirectory: String) {
    self.layers = layers
    self.options = options
    self.spoolDirectory = spoolDirectory
  }

  /// Extracts everything below an open directory.
  ///
  /// The directory gets the image's root as owner and the epoch as its times, unless a layer says
  /// otherwise. What is in it already is treated as a lower layer.
  ///
  /// - Returns: What the root file system holds now.
  package func run(into root: OpenDirectory) throws(ExtractionError) -> ExtractedTree {
    let ring = SlotRing()
    do {
      let writer = RootfsWriter(
        root: root, tree: try ExtractedTree(spoolDirectory: spoolDirectory),
        process: .current(), isRootless: options.mapping.isRootless, warn: warnings())
      let extractor = LayerExtractor(writer, options)
      try extractor.prepareRoot()
      var existing = ExistingFilesScan(writer)
      try existing.scan()
      try extract(extractor, ring)
      try extractor.settle()
      return writer.tree
    } catch {
      throw failure(error)
    }
  }

  private func extract(_ extractor: LayerExtractor, _ ring: SlotRing) throws {
    let progress = ProgressCounter()
    let feeder = LayerFeeder(
      layers: layers, limits: options.limits, ring: ring, progress: progress)
    let verifier = DiffIDVerifier(layers: layers, ring: ring)
    let feeding = try WorkerThread { feeder.run() }
    do throws(SyscallError) {
      let verifying = try WorkerThread { verifier.run() }
      write(extractor, ring, progress)
      verifying.join()
    } catch {
      ring.fail(error)
    }
    feeding.join()
    if let failure = ring.failure { throw failure }
  }

  /// Extracts all layers in this thread, or fails the ring.
  private func write(
    _ extractor: LayerExtractor, _ ring: SlotRing, _ progress: ProgressCounter
  ) {
    let totalBytes = ByteCount(sum: layers.map(\.descriptor.size))
    for index in layers.indices {
      let input = RingInput(ring) {
        if isCancelled() { throw LayerFailure(reason: .cancelled) }
        onProgress(
          ExtractionProgress(
            layer: index + 1, layerCount: layers.count, bytes: progress.value,
            totalBytes: totalBytes))
      }
      do {
        extractor.beginLayer()
        let reader = TarReader(input, headerLimit: options.limits.headerSize)
        do {
          while try reader.advance() {
            if isCancelled() { throw LayerFailure(reason: .cancelled) }
            try extractor.extract(reader)
          }
          try extractor.endLayer()
        } catch {
          throw LayerNumbered(index: index, place: reader.errorPlace, reason: .init(error))
        }
        try input.drain()
        if let mistype = progress.mistype(in: index) {
          onWarning(.layerMistyped(layer: index + 1, says: mistype.says, is: mistype.is))
        }
      } catch {
        ring.fail(
          error as? LayerNumbered
            ?? LayerNumbered(index: index, place: .unknown, reason: .init(error)))
        return
      }
    }
  }

  private func failure(_ error: any Error) -> ExtractionError {
    guard let numbered = error as? LayerNumbered else {
      return ExtractionError(layer: nil, place: .unknown, reason: .init(error))
    }
    let layer = ExtractionError.Layer(
      number: numbered.index + 1, count: layers.count,
      digest: layers[numbered.index].descriptor.digest)
    return ExtractionError(layer: layer, place: numbered.place, reason: numbered.reason)
  }

  /// Lets the same warning through once, and not too many of them.
  private func warnings() -> (ExtractionWarning) -> Void {
    var seen: Set<ExtractionWarning> = []
    return { warning in
      if seen.count < 1000, seen.insert(warning).inserted { onWarning(warning) }
    }
  }
}

extension TarReader {
  fileprivate var errorPlace: ExtractionError.Place {
    switch place {
    case .beginning: .unknown
    case .at: .entry(entry.path)
    case .after: .after(entry.path)
    }
  }
}

/// The stream of one layer as it comes out of a ring.
private final class RingInput: TarInput {
  private let ring: SlotRing
  private let onPiece: () throws -> Void
  private var holdsSlot = false
  private var isAtEnd = false

  init(_ ring: SlotRing, onPiece: @escaping () throws -> Void) {
    self.ring = ring
    self.onPiece = onPiece
  }

  func nextPiece() throws -> UnsafeRawBufferPointer? {
    if isAtEnd { return nil }
    if holdsSlot {
      ring.release(.extractor)
      holdsSlot = false
    }
    try onPiece()
    switch try ring.next(.extractor) {
    case .bytes(let bytes):
      holdsSlot = true
      return bytes
    case .endOfLayer:
      ring.release(.extractor)
      isAtEnd = true
      return nil
    }
  }

  /// Reads on to the end of the layer, for the sake of the digests.
  func drain() throws {
    while try nextPiece() != nil {}
  }
}
