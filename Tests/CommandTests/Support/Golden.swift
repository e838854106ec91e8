import Glibc
import Testing

/// Texts that are compared with files in Golden/, which `UPDATE_GOLDEN=1` rewrites.
enum Golden {
  /// Expects a text to be exactly the content of a golden file.
  static func expect(
    _ text: String, is name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let path = folder + "/" + name + ".txt"
    if getenv("UPDATE_GOLDEN").map({ String(cString: $0) }) == "1" {
      try write(text, to: path)
    }
    let expected = try #require(
      read(path), "\(name).txt is missing: run the tests with UPDATE_GOLDEN=1, then look at it",
      sourceLocation: sourceLocation)
    #expect(text == expected, sourceLocation: sourceLocation)
  }

  private static var folder: String {
    let parts = #filePath.split(separator: "/").dropLast(2)
    return "/" + parts.joined(separator: "/") + "/Golden"
  }

  private static func read(_ path: String) -> String? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }

  private static func write(_ text: String, to path: String) throws {
    let file = try #require(fopen(path, "we"))
    fputs(text, file)
    try #require(fclose(file) == 0)
  }
}
