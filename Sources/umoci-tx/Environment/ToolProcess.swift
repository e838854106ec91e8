internal import CLinux
internal import Glibc
internal import Mutations
internal import Store

/// A tool, and whatever it starts, from its start until nothing of it is left.
///
/// Signals that ask us to stop are handed on, and are no end of ours: the tool decides. Processes that
/// it leaves behind become our children and are ended before anybody looks at what it did. Should we be
/// killed the tool is too, by the kernel; what is left then keeps the operation alive through the
/// descriptor that it has inherited.
struct ToolProcess {
  /// How long processes that were left behind have to end by themselves, in seconds.
  private static let graceSeconds = 2
  /// The code of signals that the kernel sends by itself, as from a terminal; sigaction(2).
  private static let sentByKernel: Int32 = 0x80

  private let process: pid_t
  private let otherChildren: Set<pid_t>

  /// Runs a tool to its end.
  ///
  /// - Parameters:
  ///   - words: Its name, searched in PATH, and its arguments.
  ///   - descriptor: What it inherits besides standard input, output and error.
  static func run(
    _ words: [String], keeping descriptor: Int32
  ) throws(ExecutionError) -> ToolEnding {
    signal(SIGCHLD, SIG_DFL)
    _ = clinux_adopt_orphans()
    let otherChildren = children()
    var signals = sigset_t()
    var previous = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGHUP] where !isIgnored(number) { sigaddset(&signals, number) }
    sigaddset(&signals, SIGCHLD)
    pthread_sigmask(SIG_BLOCK, &signals, &previous)
    defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
    var argv: [UnsafeMutablePointer<CChar>?] = words.map { $0.withPath { strdup($0) } } + [nil]
    defer { for argument in argv { free(argument) } }
    let child = clinux_spawn_keeping(&argv, nil, descriptor)
    guard child > 0 else { throw .notStarted(words[0], code: errno) }
    return ToolProcess(process: child, otherChildren: otherChildren).wait(signals)
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    sigaction(number, nil, &action)
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
  }

  private func wait(_ signals: sigset_t) -> ToolEnding {
    var signals = signals
    var request: Int32?
    var status: Int32 = 0
    while waitpid(process, &status, WNOHANG) == 0 {
      var info = siginfo_t()
      let number = sigwaitinfo(&signals, &info)
      guard number > 0, number != SIGCHLD, info.si_code != Self.sentByKernel else { continue }
      request = number
      kill(process, number)
    }
    return ToolEnding(
      status: clinux_exit_status(status), request: request, leftovers: endOrphans())
  }

  /// Ends what the tool has left behind, and what that leaves behind in turn.
  private func endOrphans() -> Int {
    var seen: Set<pid_t> = []
    let deadline = Self.seconds() + Self.graceSeconds
    while true {
      let orphans = Self.children().subtracting(otherChildren)
      guard !orphans.isEmpty else { return seen.count }
      let isLate = Self.seconds() >= deadline
      for orphan in orphans where waitpid(orphan, nil, WNOHANG) == 0 {
        if isLate {
          kill(orphan, SIGKILL)
        } else if seen.insert(orphan).inserted {
          kill(orphan, SIGTERM)
        }
      }
      waitForChild()
    }
  }

  /// Waits until a child has ended, for a tenth of a second at most.
  private func waitForChild() {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGCHLD)
    var limit = timespec(tv_sec: 0, tv_nsec: 100_000_000)
    sigtimedwait(&signals, nil, &limit)
  }

  private static func seconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec
  }

  /// Our children, dead ones included; proc(5).
  private static func children() -> Set<pid_t> {
    var found: Set<pid_t> = []
    guard let folder = try? OpenDirectory.open("/proc") else { return [] }
    let parent = String(getpid())
    try? folder.forEachEntry { name in
      guard let number = pid_t(name),
        let bytes = try? folder.openFile(name + "/stat").readToEnd(limit: 1 << 12),
        // The name in brackets may hold anything, brackets and spaces too.
        let end = bytes.lastIndex(of: UInt8(ascii: ")"))
      else { return }
      let fields = bytes[(end + 1)...].split(separator: UInt8(ascii: " "))
      if fields.count > 1, fields[1].elementsEqual(parent.utf8) { found.insert(number) }
    }
    return found
  }
}
