import Glibc
import Store
import Testing

@testable import umoci_tx

@Suite struct WriterTests {
  @Test func `a reader that went away is no error`() throws {
    var descriptors: [Int32] = [0, 0]
    try #require(pipe(&descriptors) == 0)
    close(descriptors[0])
    defer { close(descriptors[1]) }
    let writer = OutputWriter(descriptor: descriptors[1], isTerminal: false, style: .plain)
    try writer.line("lost")
    try writer.flush()
    try writer.line("lost too")
    try writer.flush()
  }

  @Test func `a full disk is an error`() throws {
    let descriptor = open("/dev/full", O_WRONLY | O_CLOEXEC)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    let writer = OutputWriter(descriptor: descriptor, isTerminal: false, style: .plain)
    try writer.line("text")
    #expect(throws: SyscallError(call: "write", path: "standard output", code: ENOSPC)) {
      try writer.flush()
    }
  }

  @Test func `colours need a terminal, a known TERM and no NO_COLOR`() {
    func isColored(_ isTerminal: Bool, _ variables: [String: String]) -> Bool {
      TextStyle(isTerminal: isTerminal, environment: EnvironmentVariables { variables[$0] })
        .isEnabled
    }
    #expect(isColored(true, ["TERM": "xterm"]))
    #expect(!isColored(false, ["TERM": "xterm"]))
    #expect(!isColored(true, ["TERM": "xterm", "NO_COLOR": "1"]))
    #expect(!isColored(true, ["TERM": "dumb"]))
    #expect(!isColored(true, [:]))
  }

  @Test func `notices reach people and whoever asks, not scripts`() {
    func notices(isTerminal: Bool, _ level: LogLevel) -> String {
      var text = ""
      withoutActuallyEscaping({ text += $0 }) { write in
        var writer = MessageWriter(isTerminal: isTerminal, style: .plain, write: write)
        writer.level = level
        writer.notice("done")
      }
      return text
    }
    #expect(notices(isTerminal: true, .warning) == "done\n")
    #expect(notices(isTerminal: false, .warning) == "")
    #expect(notices(isTerminal: false, .info) == "done\n")
    #expect(notices(isTerminal: true, .error) == "")
  }
}
