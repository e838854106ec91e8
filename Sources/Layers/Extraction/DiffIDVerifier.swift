internal import Store

/// Hashes the uncompressed streams that pass through a ring and compares them with the diff IDs.
///
/// Runs in a thread of its own.
struct DiffIDVerifier: Sendable {
  let layers: [LayerSource]
  let ring: SlotRing

  /// Verifies all layers, or fails the ring.
  func run() {
    for index in layers.indices {
      do {
        try verify(layers[index].diffID)
      } catch is SlotRing.Stopped {
        return
      } catch {
        ring.fail(LayerNumbered(index: index, place: .unknown, reason: .init(error)))
        return
      }
    }
  }

  private func verify(_ expected: DiffID) throws {
    var hasher = try ContentHasher(expected.digest.algorithm)
    while case .bytes(let bytes) = try ring.next(.hasher) {
      hasher.update(bytes)
      ring.release(.hasher)
    }
    ring.release(.hasher)
    let actual = DiffID(hasher.finalize())
    guard actual == expected else {
      throw LayerFailure(reason: .wrongDiffID(expected: expected, actual: actual))
    }
  }
}
