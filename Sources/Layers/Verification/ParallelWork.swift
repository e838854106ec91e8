internal import Glibc
internal import Store

/// Doing many independent pieces of work with a few threads.
package enum ParallelWork {
  /// How many threads are used: one for each processor that is there, at most eight.
  package static var threadCount: Int {
    min(max(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), 1), 8)
  }

  /// Calls `body` for each item and gives the results in the order of the items.
  ///
  /// Heavy items are begun first, so that the threads end together. The caller's thread works too.
  ///
  /// - Parameters:
  ///   - items: What is to be worked on.
  ///   - threads: How many threads work; fewer when the system gives no more.
  ///   - weight: How much work an item is.
  ///   - onProgress: Called in the caller's thread, whenever `body` reports from there.
  ///   - body: Does the work, and calls the closure that it gets as often as it likes.
  package static func map<Item: Sendable, Result: Sendable>(
    _ items: [Item], threads: Int = threadCount, weight: (Item) -> Int64,
    onProgress: @escaping () -> Void,
    _ body: @escaping @Sendable (Item, _ report: @escaping () -> Void) -> Result
  ) -> [Result] {
    let weights = items.map(weight)
    let order = items.indices.sorted { (weights[$0], $1) > (weights[$1], $0) }
    let queue = Queue<Item, Result>(items, order: order)
    let helpers = Helpers()
    for _ in 0..<max(0, min(threads, items.count) - 1) {
      helpers.start { queue.work { body($0) {} } }
    }
    queue.work { body($0, onProgress) }
    helpers.join()
    return queue.results
  }

  /// The items, who has taken which, and what became of them.
  private final class Queue<Item: Sendable, Result: Sendable>: Sendable {
    private let items: [Item]
    private let order: [Int]
    private let state: Monitor<(next: Int, results: [Result?])>

    init(_ items: [Item], order: [Int]) {
      self.items = items
      self.order = order
      state = Monitor((0, [Result?](repeating: nil, count: items.count)))
    }

    func work(_ body: (Item) -> Result) {
      while let index = take() {
        let result = body(items[index])
        state.update { $0.results[index] = result }
      }
    }

    private func take() -> Int? {
      state.update { state in
        guard state.next < order.count else { return nil }
        defer { state.next += 1 }
        return order[state.next]
      }
    }

    /// All results; complete once everybody has ended.
    var results: [Result] { state.read { $0.results.compactMap { $0 } } }
  }

  /// The threads beside the caller's.
  private final class Helpers {
    private var threads: [Holder] = []

    private final class Holder {
      var thread: WorkerThread?
      init(_ thread: consuming WorkerThread) { self.thread = consume thread }
    }

    /// Starts a thread; where the system gives none, the others do its work.
    func start(_ body: @escaping @Sendable () -> Void) {
      guard let thread = try? WorkerThread(body) else { return }
      threads.append(Holder(thread))
    }

    func join() {
      for holder in threads { holder.thread.take()?.join() }
    }
  }
}
