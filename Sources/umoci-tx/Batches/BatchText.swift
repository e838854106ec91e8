internal import Glibc
internal import Store

/// The text of a batch: its lines, within limits that no sensible batch comes near.
struct BatchText {
  /// The most bytes that a batch may have.
  static let maximumSize = 4 << 20
  /// The most lines.
  static let maximumLines = 10_000

  /// Where it came from, for messages.
  let name: String
  /// The lines without their ends, the first being number 1.
  let lines: [Substring]

  /// Reads a file, or standard input for `-`.
  init(reading path: String) throws {
    name = path == "-" ? "stdin" : path
    let bytes = try Self.bytes(of: path, name)
    if let zero = bytes.firstIndex(of: 0) {
      throw Self.refused(name, bytes, upTo: zero, "a NUL byte: this is no text")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Self.refused(
        name, bytes, upTo: Self.firstInvalidByte(in: bytes), "this is no UTF-8 text")
    }
    lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    guard lines.count <= Self.maximumLines + 1 else {
      throw UsageError(
        "\(name) has more than \(Self.maximumLines) lines", hint: "split it into smaller batches")
    }
  }

  private static func bytes(of path: String, _ name: String) throws -> [UInt8] {
    let descriptor =
      path == "-" ? STDIN_FILENO : path.withPath { open($0, O_RDONLY | O_CLOEXEC | O_NOCTTY) }
    guard descriptor >= 0 else { throw SyscallError(call: "open", path: path, code: errno) }
    defer { if path != "-" { close(descriptor) } }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &block, block.count)
      if count == 0 { return bytes }
      if count < 0 {
        if errno == EINTR { continue }
        throw SyscallError(call: "read", path: name, code: errno)
      }
      bytes += block[..<count]
      guard bytes.count <= maximumSize else {
        throw UsageError(
          "\(name) is larger than \(HumanSize.text(Int64(maximumSize)))",
          hint: "split it into smaller batches")
      }
    }
  }

  private static func refused(
    _ name: String, _ bytes: [UInt8], upTo end: Int, _ reason: String
  ) -> UsageError {
    let line = bytes[..<end].count { $0 == UInt8(ascii: "\n") } + 1
    return UsageError("\(name):\(line): \(reason)")
  }

  /// Where the longest valid beginning ends; only its line matters.
  private static func firstInvalidByte(in bytes: [UInt8]) -> Int {
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      if String(validating: bytes[start..<end], as: UTF8.self) == nil { return start }
      start = end + 1
    }
    return bytes.count
  }
}
