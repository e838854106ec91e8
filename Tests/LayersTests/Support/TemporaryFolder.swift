import CLinux
import Glibc

/// A folder of a test's own, which goes with its last use.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/umoci-tx-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw TestFailure("mkdtemp: \(errno)") }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit { _ = try? runProgram(["rm", "-rf", path]) }

  func callAsFunction(_ name: String) -> String { path + "/" + name }

  /// Writes a file, making no folder for it.
  func write(_ text: String, to name: String) throws {
    try write(Array(text.utf8), to: name)
  }

  func write(_ bytes: [UInt8], to name: String) throws {
    guard let file = fopen(self(name), "w") else { throw TestFailure("fopen \(name): \(errno)") }
    defer { fclose(file) }
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else {
      throw TestFailure("fwrite \(name): \(errno)")
    }
  }

  /// The whole of a file.
  func read(_ name: String) throws -> [UInt8] {
    guard let file = fopen(self(name), "r") else { throw TestFailure("fopen \(name): \(errno)") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
      bytes += chunk[..<count]
    }
    return bytes
  }
}

/// Why a test cannot go on.
struct TestFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// What a program printed and how it ended.
struct ProgramOutcome {
  let status: Int32
  let output: String
}

/// Runs a program to its end; a status other than 0 throws with what it printed.
@discardableResult
func run(_ arguments: String...) throws -> String {
  let outcome = try runProgram(arguments)
  guard outcome.status == 0 else {
    throw TestFailure("\(arguments): status \(outcome.status): \(outcome.output)")
  }
  return outcome.output
}

/// Runs a program to its end.
func runProgram(_ arguments: [String]) throws -> ProgramOutcome {
  // A file and not a pipe, which other children of this process could hold open.
  let printed = clinux_open("/tmp", O_RDWR | clinux_O_TMPFILE | O_CLOEXEC, 0o600)
  guard printed >= 0 else { throw TestFailure("open: \(errno)") }
  defer { close(printed) }
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
  posix_spawn_file_actions_adddup2(&actions, printed, 1)
  posix_spawn_file_actions_adddup2(&actions, printed, 2)
  let words = arguments.map { strdup($0) } + [nil]
  defer { for word in words { free(word) } }
  var child: pid_t = 0
  let failure = posix_spawnp(&child, words[0] ?? strdup(""), &actions, nil, words, environ)
  guard failure == 0 else { throw TestFailure("\(arguments): \(failure)") }
  var status: Int32 = 0
  while waitpid(child, &status, 0) < 0, errno == EINTR {}
  lseek(printed, 0, SEEK_SET)
  var output: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 12)
  while case let count = Glibc.read(printed, &chunk, chunk.count), count > 0 {
    output += chunk[..<count]
  }
  let exitStatus = status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
  return ProgramOutcome(status: exitStatus, output: String(decoding: output, as: UTF8.self))
}

/// Whether a program can be found, and this process is root.
func canRunAsRoot(_ program: String) -> Bool {
  geteuid() == 0 && (try? run("which", program)) != nil
}
