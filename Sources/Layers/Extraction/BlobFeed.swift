internal import Store
internal import Synchronization

/// Reads the blobs of layers one after the other into a ring of its own, and hashes them.
///
/// Its thread runs ``run()``; one other thread takes the pieces.
final class BlobFeed: Sendable {
  private let layers: [LayerSource]
  private let progress: ProgressCounter
  private let ring = SlotRing(slotCount: 4, hasHasher: false)
  /// The layer at which reading ended, and why; it is told when all that was read of it is taken.
  private let failure = Mutex<(layer: Int, error: any Error)?>(nil)

  init(layers: [LayerSource], progress: ProgressCounter) {
    self.layers = layers
    self.progress = progress
  }

  // MARK: the thread that reads

  /// Reads all blobs, up to one that is not what it should be.
  func run() {
    for (index, layer) in layers.enumerated() {
      do {
        try read(layer)
      } catch is SlotRing.Stopped {
        return
      } catch {
        failure.withLock { $0 = (index, error) }
      }
      guard (try? ring.publishEndOfLayer()) != nil, failure.withLock({ $0 == nil }) else { return }
    }
  }

  /// Reads a blob, at most to the size that the descriptor says.
  private func read(_ layer: LayerSource) throws {
    let descriptor = layer.descriptor
    var hasher = try ContentHasher(descriptor.digest.algorithm)
    let file = try layer.open()
    try file.requireContent(of: descriptor.digest, size: descriptor.size)
    var total: Int64 = 0
    while total < descriptor.size {
      let slot = try ring.nextFree()
      let room = Int(min(Int64(slot.count), descriptor.size - total))
      let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: slot[..<room]))
      if count == 0 { break }
      hasher.update(UnsafeRawBufferPointer(rebasing: slot[..<count]))
      total += Int64(count)
      progress.add(count)
      ring.publish(count)
    }
    // A digest that differs is told before a size that differs (umoci-behaviour §7.4).
    let actual = hasher.finalize()
    guard actual == descriptor.digest else {
      throw LayerFailure(reason: .wrongDigest(expected: descriptor.digest, actual: actual))
    }
    let length = max(try file.status().size, total)
    guard length == descriptor.size, total == descriptor.size else {
      throw LayerFailure(reason: .wrongSize(expected: descriptor.size, actual: length))
    }
  }

  // MARK: the thread that takes

  /// The next piece of the blob of a layer, valid until ``release()``; nil at its end, when it is known
  /// to be what its descriptor says.
  ///
  /// - Throws: Why the blob could not be read, or that it is another one.
  func next(in layer: Int) throws -> UnsafeRawBufferPointer? {
    if case .bytes(let bytes) = try ring.next(.extractor) { return bytes }
    release()
    try failure.withLock { failure in
      if let failure, failure.layer == layer { throw failure.error }
    }
    return nil
  }

  /// Gives the piece back that ``next()`` gave.
  func release() { ring.release(.extractor) }

  /// Ends the thread that reads, wherever it is.
  func stop() { ring.fail(SlotRing.Stopped()) }
}
