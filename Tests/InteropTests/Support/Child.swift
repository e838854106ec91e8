import Glibc
import TestSupport

/// A program of ours that runs in the background and can be sent signals.
final class Child {
  /// Its process.
  let process: pid_t
  private let log: String
  private var status: Int32?

  /// Starts it in an arena; `name` tells it from the arena's other children.
  init(_ arguments: [String], in arena: Arena, named name: String) throws {
    log = arena.folder(name + ".log")
    let words = [TraceRecorder.built("umoci-tx")] + arguments
    let line = ["sh", "-c", #"cd "$0" && exec "$@" >"$LOG" 2>&1"#, arena.folder.path] + words
    var argv: [UnsafeMutablePointer<CChar>?] = line.map { strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] = [
      strdup("LOG=" + log), strdup("PATH=" + (getenv("PATH").map { String(cString: $0) } ?? "")),
      nil,
    ]
    defer { for word in argv + variables { free(word) } }
    var child: pid_t = 0
    let code = posix_spawnp(&child, "sh", nil, nil, &argv, &variables)
    guard code == 0 else { throw TestFailure("cannot start sh: \(code)") }
    process = child
  }

  /// What it has printed so far.
  var output: String { (try? Files.read(log)).map { String(decoding: $0, as: UTF8.self) } ?? "" }

  /// Sends it a signal.
  func signal(_ number: Int32) { kill(process, number) }

  /// Waits for its end; a child that a signal has killed gives 128 + the signal's number.
  func wait() -> Int32 {
    if let status { return status }
    var word: Int32 = 0
    while waitpid(process, &word, 0) < 0, errno == EINTR {}
    let ended = word & 0x7f == 0 ? (word >> 8) & 0xff : 128 + (word & 0x7f)
    status = ended
    return ended
  }

  /// Whether it has ended.
  var isOver: Bool {
    if status != nil { return true }
    var word: Int32 = 0
    guard waitpid(process, &word, WNOHANG) == process else { return false }
    status = word & 0x7f == 0 ? (word >> 8) & 0xff : 128 + (word & 0x7f)
    return true
  }

  deinit {
    guard status == nil else { return }
    kill(process, SIGKILL)
    kill(process, SIGCONT)
    _ = wait()
  }
}

/// Looks at locks from outside; proc(5), `/proc/locks`.
enum Locks {
  /// Whether a process holds the writer lock of a layout.
  static func isHeld(_ layout: String, by process: pid_t) throws -> Bool {
    var status = stat()
    guard stat(layout + "/.ocitx/lock", &status) == 0 else { return false }
    let inode = ":\(status.st_ino) "
    return String(decoding: try Files.read("/proc/locks"), as: UTF8.self).split(separator: "\n")
      .contains {
        $0.contains(inode) && $0.contains(" \(process) ") && !$0.contains("->")
      }
  }
}
