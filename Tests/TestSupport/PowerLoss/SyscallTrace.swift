internal import Glibc

/// What `syscall-trace --output` wrote: the events of one command, in order.
public struct SyscallTrace: Sendable {
  /// The events, in the order in which they happened.
  public var events: [TraceEvent]

  /// Makes a trace by hand; events without an ordinal are numbered from 1.
  public init(_ actions: [TraceEvent.Action]) {
    events = actions.enumerated().map { TraceEvent($1, ordinal: $0 + 1) }
  }

  /// Reads a trace and its side file `path`.data.
  ///
  /// - Throws: ``PowerLossError`` when a file cannot be read or is no trace, or when the trace has
  ///   a call that cannot be modelled (a shared writable mapping, io_uring).
  public init(contentsOf path: String) throws {
    let text = String(decoding: try readFile(path), as: UTF8.self)
    let data = try readFile(path + ".data")
    var lines = text.split(separator: "\n").makeIterator()
    guard let header = lines.next(), header.hasPrefix("umoci-tx-trace\t1\t") else {
      throw PowerLossError("\(path) is not a trace of version 1")
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

/// What a power-loss test could not do, in one sentence.
public struct PowerLossError: Error, CustomStringConvertible {
  /// The sentence.
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// The whole contents of a file.
func readFile(_ path: String) throws -> [UInt8] {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw PowerLossError("cannot open \(path): errno \(errno)") }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var block = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = read(descriptor, &block, block.count)
    guard count >= 0 else { throw PowerLossError("cannot read \(path): errno \(errno)") }
    if count == 0 { return bytes }
    bytes.append(contentsOf: block[0..<count])
  }
}
