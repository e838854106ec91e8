internal import Glibc
internal import Synchronization

/// A ring of buffers that one thread fills and one or two threads read, each at its own pace.
///
/// Memory stays the same whatever flows through: the filler waits for the slower reader. A failure
/// anywhere stops everybody; the first one is kept.
///
/// Sendable without the compiler's proof: all state is touched only while `mutex` is held. The
/// buffers are not, but a slot belongs to the filler until it is published, is only read after
/// that, and returns to the filler when both readers have released it.
final class SlotRing: @unchecked Sendable {
  /// Who reads.
  enum Reader: Int {
    case extractor = 0
    case hasher = 1
  }

  /// What a slot holds.
  enum Piece {
    case bytes(UnsafeRawBufferPointer)
    case endOfLayer
  }

  /// Somebody else has failed, and has said why.
  struct Stopped: Error {}

  static let slotSize = 256 << 10

  private let slotCount: Int
  private let memory: UnsafeMutableRawPointer
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  // What the readers and what the filler wait for.
  private let hasPiece: UnsafeMutablePointer<pthread_cond_t>
  private let hasRoom: UnsafeMutablePointer<pthread_cond_t>
  // Lengths of the slots; -1 marks the end of a layer.
  private var lengths: [Int]
  private var published = 0
  private var released: [Int]
  private var firstFailure: (any Error)?

  /// Makes a ring; without a hasher, only the extractor reads.
  init(slotCount: Int = 16, hasHasher: Bool = true) {
    self.slotCount = slotCount
    lengths = [Int](repeating: 0, count: slotCount)
    released = [0, hasHasher ? 0 : .max]
    memory = .allocate(byteCount: Self.slotSize * slotCount, alignment: 4096)
    mutex = .allocate(capacity: 1)
    hasPiece = .allocate(capacity: 1)
    hasRoom = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(hasPiece, nil)
    pthread_cond_init(hasRoom, nil)
  }

  deinit {
    pthread_cond_destroy(hasPiece)
    pthread_cond_destroy(hasRoom)
    pthread_mutex_destroy(mutex)
    hasPiece.deallocate()
    hasRoom.deallocate()
    mutex.deallocate()
    memory.deallocate()
  }

  // MARK: the filler

  /// Waits for a free slot.
  func nextFree() throws(Stopped) -> UnsafeMutableRawBufferPointer {
    try wait(for: hasRoom) { published - min(released[0], released[1]) < slotCount }
    return UnsafeMutableRawBufferPointer(
      start: memory + (published % slotCount) * Self.slotSize, count: Self.slotSize)
  }

  /// Hands the slot that ``nextFree()`` gave to the readers.
  func publish(_ count: Int) { publish(length: count) }

  /// Tells the readers that a layer is complete.
  func publishEndOfLayer() throws(Stopped) {
    _ = try nextFree()
    publish(length: -1)
  }

  private func publish(length: Int) {
    locked(hasPiece) {
      lengths[published % slotCount] = length
      published += 1
    }
  }

  // MARK: the readers

  /// Waits for the next slot; it stays the reader's until ``release(_:)``.
  func next(_ reader: Reader) throws(Stopped) -> Piece {
    try wait(for: hasPiece) { published > released[reader.rawValue] }
    let slot = released[reader.rawValue] % slotCount
    let length = lengths[slot]
    if length < 0 { return .endOfLayer }
    return .bytes(
      UnsafeRawBufferPointer(start: memory + slot * Self.slotSize, count: length))
  }

  /// Gives the slot back that ``next(_:)`` gave.
  func release(_ reader: Reader) {
    locked(hasRoom) { released[reader.rawValue] += 1 }
  }

  // MARK: failure

  /// Stops everybody, keeping the first reason.
  ///
  /// `replacing` says that this reason is what is behind the one before it.
  func fail(_ error: any Error, replacing: Bool = false) {
    locked(hasRoom, hasPiece) {
      if replacing || firstFailure == nil { firstFailure = error }
    }
  }

  /// Why everybody was stopped.
  var failure: (any Error)? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return firstFailure
  }

  private func locked(
    _ changed: UnsafeMutablePointer<pthread_cond_t>..., body: () -> Void
  ) {
    pthread_mutex_lock(mutex)
    body()
    for condition in changed { pthread_cond_broadcast(condition) }
    pthread_mutex_unlock(mutex)
  }

  private func wait(
    for changed: UnsafeMutablePointer<pthread_cond_t>, until condition: () -> Bool
  ) throws(Stopped) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while firstFailure == nil, !condition() { pthread_cond_wait(changed, mutex) }
    if firstFailure != nil { throw Stopped() }
  }
}
