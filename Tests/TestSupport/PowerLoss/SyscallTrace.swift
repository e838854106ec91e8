/// What `syscall-trace --output` wrote: the events of one command, in order.
public struct SyscallTrace: Sendable {
  /// The events, in the order in which they happened.
  public var events: [TraceEvent]
  /// What the command printed, errors last.
  public var output = ""

  /// Makes a trace by hand; events without an ordinal are numbered from 1.
  public init(_ actions: [TraceEvent.Action]) {
    events = actions.enumerated().map { TraceEvent($1, ordinal: $0 + 1) }
  }

  /// Reads a trace and its side file `path`.data.
  ///
  /// - Throws: ``TestFailure`` when a file cannot be read or is no trace, or when the trace has
  ///   a call that cannot be modelled (a shared writable mapping, io_uring).
  public init(contentsOf path: String) throws {
    let text = String(decoding: try Files.read(path), as: UTF8.self)
    let data = try Files.read(path + ".data")
    var lines = text.split(separator: "\n").makeIterator()
    guard let header = lines.next(), header.hasPrefix("umoci-tx-trace\t1\t") else {
      throw TestFailure("\(path) is not a trace of version 1")
    }
    events = []
    while let line = lines.next() {
      events.append(try TraceLine(line).event(data: data))
    }
  }

  /// The exit status of the command, or nil when the trace ends before the command did.
  public var exitStatus: Int? {
    for event in events.reversed() {
      if case .end(let status) = event.action { return status }
    }
    return nil
  }

  /// How many mutating calls there are, failed ones included: the range of `--kill-at`.
  public var callCount: Int { events.map(\.ordinal).max() ?? 0 }
}
