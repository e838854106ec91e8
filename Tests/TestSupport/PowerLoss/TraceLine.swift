/// One line of the trace format (see Tests/Tools/syscall-trace/output.c), taken apart.
struct TraceLine {
  private let line: Substring
  private let ordinal: Int
  private let call: String
  private let result: Int
  private let operation: Substring
  private var fields: [Substring: Substring] = [:]

  init(_ line: Substring) throws {
    let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
    guard columns.count >= 6, let ordinal = Int(columns[0]), let result = Int(columns[4]) else {
      throw TestFailure("not a line of a trace: \(line)")
    }
    self.line = line
    self.ordinal = ordinal
    self.call = String(columns[3])
    self.result = result
    self.operation = columns[5]
    for column in columns[6...] {
      guard let equals = column.firstIndex(of: "=") else { continue }
      fields[column[..<equals]] = column[column.index(after: equals)...]
    }
  }

  func event(data: [UInt8]) throws -> TraceEvent {
    TraceEvent(try action(data: data), ordinal: ordinal, call: call)
  }

  private func action(data: [UInt8]) throws -> TraceEvent.Action {
    if operation == "mmap" || operation == "uring" {
      throw TestFailure("cannot be modelled: \(line)")
    }
    if operation == "end" { return .end(status: result) }
    if result < 0 { return .nothing }
    switch operation {
    case "create": return .create(try file(), mode: try mode())
    case "tmpfile": return .createUnnamed(try file(), mode: try mode())
    case "write": return .write(try file(), offset: try number("offset"), try bytes(of: data))
    case "truncate": return .truncate(try file(), size: try number("size"))
    case "allocate": return try allocation()
    case "sync": return .sync(try file())
    case "datasync": return .syncData(try file())
    case "syncfs": return .syncEverything
    case "chmod": return .setMode(try file(), try mode())
    case "marker": return .mark(name: try text("name"), phase: try text("phase"))
    default: return try nameAction()
    }
  }

  private func nameAction() throws -> TraceEvent.Action {
    switch operation {
    case "rename": return .rename(from: try text("path"), to: try text("to"))
    case "exchange": return .exchange(try text("path"), try text("to"))
    case "link": return .link(try file(), to: try text("to"))
    case "symlink": return .symlink(try file(), target: try text("target"))
    case "mkdir": return .makeFolder(try file(), mode: try mode())
    case "unlink": return .unlink(try text("path"))
    case "rmdir": return .removeFolder(try text("path"))
    case "open", "rangesync", "chown", "utimes", "setxattr", "removexattr", "attributes", "exit":
      return .nothing
    default: throw TestFailure("cannot be modelled: \(line)")
    }
  }

  /// fallocate(2): plain extension, punched holes and zeroed ranges.
  private func allocation() throws -> TraceEvent.Action {
    let flags = try number("flags")
    switch flags {
    case 0: return .truncate(try file(), size: try number("size"))
    case 1: return .nothing
    case 2, 3, 0x10, 0x11:
      return .zero(try file(), offset: try number("offset"), length: try number("length"))
    default: throw TestFailure("cannot be modelled: \(line)")
    }
  }

  private func field(_ key: String) throws -> Substring {
    guard let value = fields[key[...]] else { throw TestFailure("no \(key) in: \(line)") }
    return value
  }

  private func number(_ key: String) throws -> Int {
    guard let value = Int(try field(key)), value >= 0 else {
      throw TestFailure("no number \(key) in: \(line)")
    }
    return value
  }

  private func mode() throws -> UInt32 {
    guard let value = UInt32(try field("mode"), radix: 8) else {
      throw TestFailure("no octal mode in: \(line)")
    }
    return value
  }

  private func text(_ key: String) throws -> String {
    var bytes: [UInt8] = []
    var rest = try field(key).utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
        throw TestFailure("a broken escape in: \(line)")
      }
      rest = rest.dropFirst(2)
      bytes.append(code)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func file() throws -> TraceEvent.File {
    let path = fields["path"] == nil ? "" : try text("path")
    return TraceEvent.File(path, inode: fields["inode"].flatMap { UInt64($0) })
  }

  private func bytes(of data: [UInt8]) throws -> [UInt8] {
    let parts = try field("data").split(separator: ":").compactMap { Int($0) }
    guard parts.count == 2, parts[0] >= 0, parts[1] >= 0, parts[1] <= data.count - parts[0] else {
      throw TestFailure("data that the side file does not have: \(line)")
    }
    return Array(data[parts[0]..<parts[0] + parts[1]])
  }
}
