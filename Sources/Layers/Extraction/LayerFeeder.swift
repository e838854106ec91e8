internal import Store
internal import Synchronization

/// Puts the uncompressed streams of verified blobs into a ring, layer after layer.
///
/// Runs in a thread of its own, and reads and hashes the blobs in another: inflating is most of the
/// work, and nothing else may add to it.
struct LayerFeeder: Sendable {
  let layers: [LayerSource]
  let limits: ExtractionLimits
  let ring: SlotRing
  let progress: ProgressCounter

  /// Feeds all layers, or fails the ring.
  func run() {
    let reader = BlobFeed(layers: layers, progress: progress)
    do throws(SyscallError) {
      let reading = try WorkerThread { reader.run() }
      feedAll(reader)
      reader.stop()
      reading.join()
    } catch {
      ring.fail(error)
    }
  }

  private func feedAll(_ reader: BlobFeed) {
    for index in layers.indices {
      do {
        try feed(layers[index], index, reader)
      } catch is SlotRing.Stopped {
        return
      } catch {
        ring.failForDigest(LayerNumbered(index: index, place: .unknown, reason: .init(error)))
        return
      }
    }
  }

  private func feed(_ layer: LayerSource, _ index: Int, _ reader: BlobFeed) throws {
    let blob = VerifiedBlob(reader, index)
    do {
      try feed(layer, index, from: blob)
    } catch {
      // Damage shows as whatever the decoders make of it; the digest tells what it is.
      if ring.isContentDamaged(in: index, by: error) { try blob.verifyToEnd() }
      throw error
    }
    try ring.publishEndOfLayer()
  }

  private func feed(_ layer: LayerSource, _ index: Int, from blob: VerifiedBlob) throws {
    let decompressor = try LayerDecompressor(
      layer.compression, windowLog: limits.zstdWindowLog, pieces: blob.nextPiece)
    var total: Int64 = 0
    while true {
      let slot = try ring.nextFree()
      let count = try decompressor.read(into: slot)
      total += Int64(count)
      try check(total, from: blob.byteCount)
      if count > 0 { ring.publish(count) }
      if count < slot.count { break }
    }
    if let mistype = decompressor.mistype { progress.note(mistype, in: index) }
    try blob.verifyToEnd()
  }

  private func check(_ total: Int64, from compressed: Int64) throws {
    if total > limits.layerBytes {
      throw LayerFailure(reason: .limit(.layerBytes(limit: limits.layerBytes)))
    }
    if total > limits.ratioThreshold, total / max(compressed, 1) > limits.ratio {
      throw LayerFailure(reason: .limit(.ratio(limit: limits.ratio)))
    }
  }
}

/// A failure in a layer that has only a number yet.
struct LayerNumbered: Error {
  let index: Int
  let place: ExtractionError.Place
  let reason: ExtractionError.Reason
}

/// How many bytes of blobs were read, for the display, and what is to be told of them.
final class ProgressCounter: Sendable {
  typealias Mistype = (says: CompressionAlgorithm, is: CompressionAlgorithm)

  private let bytes = Atomic<Int>(0)
  private let mistypes = Mutex<[Int: Mistype]>([:])

  func note(_ mistype: Mistype, in layer: Int) { mistypes.withLock { $0[layer] = mistype } }

  func mistype(in layer: Int) -> Mistype? { mistypes.withLock { $0[layer] } }

  func add(_ count: Int) { bytes.wrappingAdd(count, ordering: .relaxed) }

  var value: Int64 { Int64(bytes.load(ordering: .relaxed)) }
}

/// The blob of one layer as it comes out of a ``BlobFeed``; its size and digest are known to be right
/// once ``verifyToEnd()`` has returned.
private final class VerifiedBlob {
  private let feed: BlobFeed
  private let layer: Int
  private var holdsPiece = false
  private var isAtEnd = false
  /// How many bytes were taken.
  private(set) var byteCount: Int64 = 0

  init(_ feed: BlobFeed, _ layer: Int) {
    self.feed = feed
    self.layer = layer
  }

  /// The next bytes, valid until the next call; nil at the end, at most the size that the descriptor
  /// says.
  func nextPiece() throws -> UnsafeRawBufferPointer? {
    if isAtEnd { return nil }
    if holdsPiece { feed.release() }
    holdsPiece = false
    guard let piece = try feed.next(in: layer) else {
      isAtEnd = true
      return nil
    }
    holdsPiece = true
    byteCount += Int64(piece.count)
    return piece
  }

  /// Reads what is left; fails when the blob is not what it should be.
  func verifyToEnd() throws { while try nextPiece() != nil {} }
}

extension SlotRing {
  /// Whether an error, or the one that stopped everybody, may come from damage to the blob.
  fileprivate func isContentDamaged(in layer: Int, by error: any Error) -> Bool {
    var cause = error
    if error is Stopped {
      guard let failure = failure as? LayerNumbered, failure.index == layer else { return false }
      cause = failure
    }
    switch ExtractionError.Reason(cause) {
    case .archive, .compression: return true
    default: return false
    }
  }

  /// Fails; a wrong digest takes the place of what it made the decoders say.
  fileprivate func failForDigest(_ error: LayerNumbered) {
    switch error.reason {
    case .wrongDigest, .wrongSize: fail(error, replacing: true)
    default: fail(error)
    }
  }
}
