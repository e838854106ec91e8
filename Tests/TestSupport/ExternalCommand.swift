internal import CLinux
internal import Glibc
internal import Synchronization

/// Runs other programs to their ends and catches what they print.
public enum ExternalCommand {
  /// How a program ended, and what it printed.
  public struct Outcome: Sendable, CustomStringConvertible {
    /// The exit status, or 128 + signal.
    public let status: Int32
    /// What came from its standard output.
    public let standardOutput: String
    /// What came from its standard error.
    public let standardError: String
    /// Both, errors last.
    public var output: String { standardOutput + standardError }

    /// All of it, for the message of a failing test.
    public var description: String {
      "status \(status)\nstdout: \(standardOutput)\nstderr: \(standardError)"
    }
  }

  /// Runs a program (searched in PATH) to its end.
  ///
  /// - Parameters:
  ///   - arguments: The program and its arguments.
  ///   - folder: Its working folder; nil for this process's own.
  ///   - environment: Variables to add to those of this process.
  ///   - input: What it reads from its standard input.
  ///   - timeout: After how many seconds it is killed, with all that it started.
  /// - Returns: How it ended.
  /// - Throws: ``TestFailure`` when it cannot be started, or was killed for its time.
  @discardableResult
  public static func run(
    _ arguments: [String], in folder: String? = nil, environment: [String: String] = [:],
    input: [UInt8] = [], timeout: Int = 120
  ) throws -> Outcome {
    var words = arguments
    if folder != nil || !environment.isEmpty {
      let variables = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      words = ["env"] + (folder.map { ["-C", $0] } ?? []) + variables + arguments
    }
    let (child, started) = try start(words, input)
    var exchange = started
    let isInTime = exchange.run(deadline: now() + timeout)
    if !isInTime { kill(-child, SIGKILL) }
    let status = try wait(for: child)
    guard isInTime else { throw TestFailure("\(arguments) took more than \(timeout) s") }
    return Outcome(
      status: status, standardOutput: String(decoding: exchange.output, as: UTF8.self),
      standardError: String(decoding: exchange.errors, as: UTF8.self))
  }

  /// Held from making pipes until they are closed on exec, lest two children get each other's.
  private static let starting = Mutex(())

  private static func start(_ words: [String], _ input: [UInt8]) throws -> (pid_t, Exchange) {
    try starting.withLock { _ in
      let (inlet, outlet, errors) = (try Pipe(), try Pipe(), try Pipe())
      let child = try spawn(words, inlet, outlet, errors)
      inlet.closeReading()
      outlet.closeWriting()
      errors.closeWriting()
      return (child, Exchange(input: input, inlet, outlet, errors))
    }
  }

  private static func spawn(
    _ words: [String], _ inlet: Pipe, _ outlet: Pipe, _ errors: Pipe
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, inlet.reading, 0)
    posix_spawn_file_actions_adddup2(&actions, outlet.writing, 1)
    posix_spawn_file_actions_adddup2(&actions, errors.writing, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Its own group, so that the timeout reaches what it started too; and no signal is blocked, as all are in
    // the threads that run tests.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP) | Int16(POSIX_SPAWN_SETSIGMASK))
    var argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for word in argv { free(word) } }
    var child: pid_t = 0
    let code = posix_spawnp(&child, words[0], &actions, &attributes, &argv, environ)
    guard code == 0 else { throw TestFailure("cannot start \(words[0]): errno \(code)") }
    return child
  }

  private static func wait(for child: pid_t) throws -> Int32 {
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 {
      guard errno == EINTR else { throw TestFailure.last("waitpid") }
    }
    return clinux_exit_status(status)
  }

  fileprivate static func now() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec
  }
}

/// A pipe whose ends close with it.
private final class Pipe {
  private(set) var reading: Int32
  private(set) var writing: Int32

  init() throws {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw TestFailure.last("pipe") }
    (reading, writing) = (ends[0], ends[1])
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
  }

  deinit {
    closeReading()
    closeWriting()
  }

  func closeReading() {
    if reading >= 0 { close(reading) }
    reading = -1
  }

  func closeWriting() {
    if writing >= 0 { close(writing) }
    writing = -1
  }
}

/// Feeds a child and takes what it prints, until it has closed all pipes.
private struct Exchange {
  private(set) var output: [UInt8] = []
  private(set) var errors: [UInt8] = []
  private var input: ArraySlice<UInt8>
  private let inlet: Pipe
  private let outlet: Pipe
  private let complaints: Pipe

  init(input: [UInt8], _ inlet: Pipe, _ outlet: Pipe, _ complaints: Pipe) {
    self.input = input[...]
    self.inlet = inlet
    self.outlet = outlet
    self.complaints = complaints
    signal(SIGPIPE, SIG_IGN)
    _ = fcntl(inlet.writing, F_SETFL, O_NONBLOCK)
  }

  /// False when the time was over first.
  mutating func run(deadline: Int) -> Bool {
    while outlet.reading >= 0 || complaints.reading >= 0 {
      if input.isEmpty { inlet.closeWriting() }
      var polls = [
        pollfd(fd: outlet.reading, events: Int16(POLLIN), revents: 0),
        pollfd(fd: complaints.reading, events: Int16(POLLIN), revents: 0),
        pollfd(fd: inlet.writing, events: Int16(POLLOUT), revents: 0),
      ]
      let left = deadline - ExternalCommand.now()
      guard left > 0 else { return false }
      guard poll(&polls, nfds_t(polls.count), Int32(min(left, 1000)) * 1000) > 0 else { continue }
      if polls[0].revents != 0, !Self.take(from: outlet.reading, &output) { outlet.closeReading() }
      if polls[1].revents != 0, !Self.take(from: complaints.reading, &errors) {
        complaints.closeReading()
      }
      if polls[2].revents != 0 { feed() }
    }
    return true
  }

  private mutating func feed() {
    let count = input.withUnsafeBytes { write(inlet.writing, $0.baseAddress, $0.count) }
    if count < 0, errno == EAGAIN || errno == EINTR { return }
    input = count > 0 ? input.dropFirst(count) : []
  }

  private static func take(from descriptor: Int32, _ bytes: inout [UInt8]) -> Bool {
    var block = [UInt8](repeating: 0, count: 1 << 16)
    let count = read(descriptor, &block, block.count)
    if count > 0 { bytes += block[..<count] }
    return count > 0 || (count < 0 && errno == EINTR)
  }
}
