internal import Store
internal import Synchronization

/// Reads blobs, verifies them and puts their uncompressed streams into a ring, layer after layer.
///
/// Runs in a thread of its own.
struct LayerFeeder: Sendable {
  let layers: [LayerSource]
  let limits: ExtractionLimits
  let ring: SlotRing
  let progress: ProgressCounter

  /// Feeds all layers, or fails the ring.
  func run() {
    for index in layers.indices {
      do {
        try feed(layers[index], index)
      } catch is SlotRing.Stopped {
        return
      } catch {
        ring.failForDigest(LayerNumbered(index: index, place: .unknown, reason: .init(error)))
        return
      }
    }
  }

  private func feed(_ layer: LayerSource, _ index: Int) throws {
    let blob = try VerifiedBlob(layer)
    do {
      try feed(layer, from: blob)
    } catch {
      // Damage shows as whatever the decoders make of it; the digest tells what it is.
      if ring.isContentDamaged(in: index, by: error) { try blob.verifyToEnd() }
      throw error
    }
    try ring.publishEndOfLayer()
  }

  private func feed(_ layer: LayerSource, from blob: VerifiedBlob) throws {
    let decompressor = try LayerDecompressor(
      layer.compression, windowLog: limits.zstdWindowLog
    ) { buffer in
      let count = try blob.read(into: buffer)
      progress.add(count)
      return count
    }
    var total: Int64 = 0
    while true {
      let slot = try ring.nextFree()
      let count = try decompressor.read(into: slot)
      total += Int64(count)
      try check(total, from: blob.byteCount)
      if count > 0 { ring.publish(count) }
      if count < slot.count { break }
    }
    try blob.verify()
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

/// How many bytes of blobs were read, for the display.
final class ProgressCounter: Sendable {
  private let bytes = Atomic<Int>(0)

  func add(_ count: Int) { bytes.wrappingAdd(count, ordering: .relaxed) }

  var value: Int64 { Int64(bytes.load(ordering: .relaxed)) }
}

/// A blob whose size and digest are known to be right once ``verify()`` has returned.
private final class VerifiedBlob {
  private let layer: LayerSource
  private let file: OpenFile
  private var hasher: ContentHasher?
  private(set) var byteCount: Int64 = 0

  init(_ layer: LayerSource) throws {
    self.layer = layer
    hasher = try ContentHasher(layer.descriptor.digest.algorithm)
    file = try layer.open()
  }

  /// Reads on, at most to the size that the descriptor says.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let wanted = min(Int64(buffer.count), layer.descriptor.size - byteCount)
    guard wanted > 0 else { return 0 }
    let count = try file.read(into: .init(rebasing: buffer.prefix(Int(wanted))))
    byteCount += Int64(count)
    hasher?.update(UnsafeRawBufferPointer(rebasing: buffer.prefix(count)))
    return count
  }

  /// Compares what was read; a digest that differs is told before a size that differs
  /// (umoci-behaviour §7.4).
  func verify() throws {
    guard let actual = hasher.take()?.finalize() else { return }
    guard actual == layer.descriptor.digest else {
      throw LayerFailure(
        reason: .wrongDigest(expected: layer.descriptor.digest, actual: actual))
    }
    let length = try file.status().size
    guard byteCount == layer.descriptor.size, length == byteCount else {
      throw LayerFailure(
        reason: .wrongSize(expected: layer.descriptor.size, actual: max(byteCount, length)))
    }
  }

  /// Reads what is left and compares.
  func verifyToEnd() throws {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
    defer { buffer.deallocate() }
    while try read(into: buffer) > 0 {}
    try verify()
  }
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
