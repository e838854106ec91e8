/// The buffers of a ring: slots of one size, numbered without end, the same slot again after each round.
///
/// Sendable without the compiler's proof: only who has been given a number by the ring's ``Monitor``
/// touches that slot, and the monitor gives it to one filler, then to readers, then to the filler again.
final class RingMemory: @unchecked Sendable {
  /// How many slots there are.
  let count: Int

  private let size: Int
  private let start: UnsafeMutableRawPointer

  /// Makes slots.
  ///
  /// - Parameter size: How long each is, in bytes.
  init(count: Int, size: Int) {
    self.count = count
    self.size = size
    start = .allocate(byteCount: size * count, alignment: 4096)
  }

  deinit { start.deallocate() }

  /// The slot of a number.
  subscript(number: Int) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: start + number % count * size, count: size)
  }
}
