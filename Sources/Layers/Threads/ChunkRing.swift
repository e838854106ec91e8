internal import Glibc
internal import Store

/// A ring of chunks that one thread fills, several compress, and the first takes out in order.
///
/// Sendable without the compiler's proof: all state is touched only while `mutex` is held. The
/// buffers are not, but a slot belongs to the filling thread until it is submitted, then to the one that
/// took it, and to the filling thread again when it is complete.
final class ChunkRing: @unchecked Sendable {
  /// A chunk to be compressed.
  struct Job {
    let number: Int
    let input: UnsafeRawBufferPointer
    let output: UnsafeMutableRawBufferPointer
  }

  private let slots: Int
  private let memory: UnsafeMutableRawPointer
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  private var inputLengths: [Int]
  // What a chunk became; nil while that is not known.
  private var outputLengths: [Int?]
  private var submitted = 0
  private var taken = 0
  private var written = 0
  private var isStopped = false

  private let inputSize: Int
  private let slotSize: Int

  /// Makes a ring.
  ///
  /// - Parameters:
  ///   - slots: How many chunks may be under way.
  ///   - inputSize: How long a chunk is, in bytes.
  ///   - outputSize: How long it can become, in bytes.
  init(slots: Int, inputSize: Int, outputSize: Int) {
    self.slots = slots
    self.inputSize = inputSize
    slotSize = inputSize + (outputSize + 4095) / 4096 * 4096
    memory = .allocate(byteCount: slotSize * slots, alignment: 4096)
    mutex = .allocate(capacity: 1)
    changed = .allocate(capacity: 1)
    inputLengths = Array(repeating: 0, count: slots)
    outputLengths = Array(repeating: nil, count: slots)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
    memory.deallocate()
  }

  // MARK: the filling thread

  /// Whether no slot is free.
  var isFull: Bool { locked { submitted - written == slots } }
  /// Whether everything that was submitted was taken out.
  var isEmpty: Bool { locked { submitted == written } }
  /// Whether the next chunk to take out is complete.
  var isNextReady: Bool {
    locked { written < submitted && outputLengths[written % slots] != nil }
  }

  /// Where the next chunk goes; there must be a free slot.
  var inputOfNext: UnsafeMutableRawBufferPointer { locked { input(submitted) } }

  /// Hands the chunk to the compressing threads.
  func submit(_ count: Int) {
    changing {
      inputLengths[submitted % slots] = count
      outputLengths[submitted % slots] = nil
      submitted += 1
    }
  }

  /// Waits for the next chunk to be complete; it stays until ``releaseNext()``.
  func waitForNext() throws(LayerGenerationError) -> UnsafeRawBufferPointer {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let length = outputLengths[written % slots] {
        guard length > 0 else { throw .unavailable(reason: "a chunk cannot be compressed") }
        return UnsafeRawBufferPointer(rebasing: output(written)[..<length])
      }
      pthread_cond_wait(changed, mutex)
    }
  }

  /// Makes the slot of the chunk that was taken out free.
  func releaseNext() {
    changing {
      outputLengths[written % slots] = nil
      written += 1
    }
  }

  // MARK: the compressing threads

  /// Waits for a chunk; nil when there will be none.
  func take() -> Job? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while taken == submitted, !isStopped { pthread_cond_wait(changed, mutex) }
    if isStopped { return nil }
    let number = taken
    taken += 1
    let length = inputLengths[number % slots]
    return Job(
      number: number, input: UnsafeRawBufferPointer(rebasing: input(number)[..<length]),
      output: output(number))
  }

  /// Tells what a chunk became.
  func complete(_ job: Job, size: Int) { changing { outputLengths[job.number % slots] = size } }

  /// Lets the compressing threads end.
  func stop() { changing { isStopped = true } }

  // MARK: both

  private func input(_ number: Int) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(
      start: memory + number % slots * slotSize, count: inputSize)
  }

  private func output(_ number: Int) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(
      start: memory + number % slots * slotSize + inputSize,
      count: slotSize - inputSize)
  }

  private func locked<Result>(_ body: () -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }

  private func changing(_ body: () -> Void) {
    locked(body)
    pthread_cond_broadcast(changed)
  }
}
