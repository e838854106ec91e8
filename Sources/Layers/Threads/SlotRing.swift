/// A ring of buffers that one thread fills and one or two threads read, each at its own pace.
///
/// Memory stays the same whatever flows through: the filler waits for the slower reader. A failure
/// anywhere stops everybody; the first one is kept.
final class SlotRing: Sendable {
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

  /// How far everybody is.
  private struct State: Sendable {
    /// Lengths of the slots; -1 marks the end of a layer.
    var lengths: [Int]
    var published = 0
    /// How many slots each reader has given back.
    var released: [Int]
    var firstFailure: (any Error)?

    func check() throws(Stopped) { if firstFailure != nil { throw Stopped() } }
  }

  static let slotSize = 256 << 10

  private let slots: RingMemory
  private let state: Monitor<State>

  /// Makes a ring; without a hasher, only the extractor reads.
  init(slotCount: Int = 16, hasHasher: Bool = true) {
    slots = RingMemory(count: slotCount, size: Self.slotSize)
    state = Monitor(
      State(
        lengths: [Int](repeating: 0, count: slotCount), released: [0, hasHasher ? 0 : .max]))
  }

  // MARK: the filler

  /// Waits for a free slot.
  func nextFree() throws(Stopped) -> UnsafeMutableRawBufferPointer {
    let count = slots.count
    let number = try state.wait { (state) throws(Stopped) -> Int? in
      try state.check()
      return state.published - min(state.released[0], state.released[1]) < count
        ? state.published : nil
    }
    return slots[number]
  }

  /// Hands the slot that ``nextFree()`` gave to the readers.
  func publish(_ count: Int) { publish(length: count) }

  /// Tells the readers that a layer is complete.
  func publishEndOfLayer() throws(Stopped) {
    _ = try nextFree()
    publish(length: -1)
  }

  private func publish(length: Int) {
    state.update { state in
      state.lengths[state.published % slots.count] = length
      state.published += 1
    }
  }

  // MARK: the readers

  /// Waits for the next slot; it stays the reader's until ``release(_:)``.
  func next(_ reader: Reader) throws(Stopped) -> Piece {
    let count = slots.count
    let (number, length) = try state.wait { (state) throws(Stopped) -> (Int, Int)? in
      try state.check()
      let number = state.released[reader.rawValue]
      return state.published > number ? (number, state.lengths[number % count]) : nil
    }
    if length < 0 { return .endOfLayer }
    return .bytes(UnsafeRawBufferPointer(rebasing: slots[number][..<length]))
  }

  /// Gives the slot back that ``next(_:)`` gave.
  func release(_ reader: Reader) { state.update { $0.released[reader.rawValue] += 1 } }

  // MARK: failure

  /// Stops everybody, keeping the first reason.
  ///
  /// `replacing` says that this reason is what is behind the one before it.
  func fail(_ error: any Error, replacing: Bool = false) {
    state.update { state in
      if replacing || state.firstFailure == nil { state.firstFailure = error }
    }
  }

  /// Why everybody was stopped.
  var failure: (any Error)? { state.read { $0.firstFailure } }
}
