/// A ring of chunks that one thread fills, several compress, and the first takes out in order.
final class ChunkRing: Sendable {
  /// A chunk to be compressed.
  struct Job {
    let number: Int
    let input: UnsafeRawBufferPointer
    let output: UnsafeMutableRawBufferPointer
  }

  /// How far everybody is.
  private struct State: Sendable {
    var inputLengths: [Int]
    /// What a chunk became; nil while that is not known.
    var outputLengths: [Int?]
    var submitted = 0
    var taken = 0
    var written = 0
    var isStopped = false
  }

  private let slots: RingMemory
  private let inputSize: Int
  private let state: Monitor<State>

  /// Makes a ring.
  ///
  /// - Parameters:
  ///   - slots: How many chunks may be under way.
  ///   - inputSize: How long a chunk is, in bytes.
  ///   - outputSize: How long it can become, in bytes.
  init(slots count: Int, inputSize: Int, outputSize: Int) {
    self.inputSize = inputSize
    slots = RingMemory(count: count, size: inputSize + (outputSize + 4095) / 4096 * 4096)
    state = Monitor(
      State(
        inputLengths: Array(repeating: 0, count: count),
        outputLengths: Array(repeating: nil, count: count)))
  }

  // MARK: the filling thread

  /// Whether no slot is free.
  var isFull: Bool { state.read { $0.submitted - $0.written == slots.count } }
  /// Whether everything that was submitted was taken out.
  var isEmpty: Bool { state.read { $0.submitted == $0.written } }
  /// Whether the next chunk to take out is complete.
  var isNextReady: Bool {
    state.read { $0.written < $0.submitted && $0.outputLengths[$0.written % slots.count] != nil }
  }

  /// Where the next chunk goes; there must be a free slot.
  var inputOfNext: UnsafeMutableRawBufferPointer { input(state.read { $0.submitted }) }

  /// Hands the chunk to the compressing threads.
  func submit(_ count: Int) {
    state.update { state in
      state.inputLengths[state.submitted % slots.count] = count
      state.outputLengths[state.submitted % slots.count] = nil
      state.submitted += 1
    }
  }

  /// Waits for the next chunk to be complete; it stays until ``releaseNext()``.
  ///
  /// - Returns: What it became; nil when it could not be compressed.
  func waitForNext() -> UnsafeRawBufferPointer? {
    let (number, length) = state.wait { state in
      state.outputLengths[state.written % slots.count].map { (state.written, $0) }
    }
    guard length > 0 else { return nil }
    return UnsafeRawBufferPointer(rebasing: output(number)[..<length])
  }

  /// Makes the slot of the chunk that was taken out free.
  func releaseNext() {
    state.update { state in
      state.outputLengths[state.written % slots.count] = nil
      state.written += 1
    }
  }

  // MARK: the compressing threads

  /// Waits for a chunk; nil when there will be none.
  func take() -> Job? {
    let next = state.wait { state -> (number: Int, length: Int)?? in
      if state.isStopped { return .some(nil) }
      guard state.taken < state.submitted else { return nil }
      defer { state.taken += 1 }
      return (state.taken, state.inputLengths[state.taken % slots.count])
    }
    guard let next else { return nil }
    return Job(
      number: next.number,
      input: UnsafeRawBufferPointer(rebasing: input(next.number)[..<next.length]),
      output: output(next.number))
  }

  /// Tells what a chunk became.
  func complete(_ job: Job, size: Int) {
    state.update { $0.outputLengths[job.number % slots.count] = size }
  }

  /// Lets the compressing threads end.
  func stop() { state.update { $0.isStopped = true } }

  // MARK: both

  private func input(_ number: Int) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: slots[number][..<inputSize])
  }

  private func output(_ number: Int) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: slots[number][inputSize...])
  }
}
