internal import Glibc
internal import Store

/// A JSON merge patch from a file or from standard input.
enum PatchFile {
  /// The longest patch that is read, in bytes.
  static let maximumSize = 4 << 20

  /// Reads a patch; `-` stands for standard input.
  ///
  /// A relative path starts at `folder`.
  static func read(_ path: String, in folder: String, _ option: String) throws -> JSONObject {
    let name = path == "-" ? "standard input" : path
    let bytes = try readBytes(path.hasPrefix("/") || path == "-" ? path : folder + "/" + path, name)
    let root: JSONValue
    do throws(JSONError) {
      root = try JSONDocument(parsing: bytes, limits: .blob, named: name).root
    } catch {
      throw UsageError.invalid(option, "\(error)")
    }
    guard let patch = root.objectValue else {
      throw UsageError.invalid(
        option, "\(name) holds no JSON object",
        hint: "write the members to change, such as {\"config\":{\"Healthcheck\":null}}")
    }
    return patch
  }

  private static func readBytes(_ path: String, _ name: String) throws -> [UInt8] {
    let descriptor =
      path == "-" ? dup(STDIN_FILENO) : path.withPath { open($0, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw SyscallError(call: "open", path: name, code: errno) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw SyscallError(call: "read", path: name, code: errno) }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
      guard bytes.count <= maximumSize else {
        throw UsageError("\(name) is larger than \(maximumSize >> 20) MiB")
      }
    }
  }
}
