import Synchronization
import TestSupport

/// Many things at once, each in a thread of its own.
enum Crowd {
  /// Runs a body for every number below `count` at the same time.
  ///
  /// - Returns: The results, in the order of the numbers.
  /// - Throws: What a body threw first.
  static func run<Result: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) throws -> Result
  ) throws -> [Result] {
    let results = Results<Result>()
    let workers = (0..<count).map { number in
      Worker {
        let result = Swift.Result { try body(number) }
        results.all.withLock { $0[number] = result }
      }
    }
    for worker in workers { worker.join() }
    return try results.all.withLock { all in
      try (0..<count).compactMap { try all[$0]?.get() }
    }
  }

  private final class Results<Result: Sendable>: Sendable {
    let all = Mutex<[Int: Swift.Result<Result, any Error>]>([:])
  }
}

/// Something that goes on in the background until it is told to stop.
final class Background<Result: Sendable>: Sendable {
  private let worker: Mutex<Worker?>
  private let shared: Shared

  private final class Shared: Sendable {
    let isOver = Mutex(false)
    let results = Mutex<[Result]>([])
    let failure = Mutex<(any Error)?>(nil)
  }

  /// Starts to repeat a body, `rounds` times at most; it gets the number of the round.
  init(rounds: Int = .max, _ body: @escaping @Sendable (Int) throws -> Result) {
    let shared = Shared()
    self.shared = shared
    worker = Mutex(
      Worker {
        var round = 0
        while round < rounds, !shared.isOver.withLock({ $0 }) {
          do {
            let result = try body(round)
            shared.results.withLock { $0.append(result) }
          } catch {
            return shared.failure.withLock { $0 = error }
          }
          round += 1
        }
      })
  }

  /// Lets the round that is under way end.
  ///
  /// - Returns: What every round gave.
  func stop() throws -> [Result] {
    shared.isOver.withLock { $0 = true }
    worker.withLock {
      $0?.join()
      $0 = nil
    }
    if let failure = shared.failure.withLock({ $0 }) { throw failure }
    return shared.results.withLock { $0 }
  }
}
