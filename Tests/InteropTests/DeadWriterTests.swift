import Glibc
import Store
import TestSupport
import Testing

@testable import Journal

/// Tools that write index.json in place and die on the way.
@Suite struct DeadWriterTests {
  @Test(arguments: [0.0, 0.1, 0.5, 0.9])
  func `what a dead in-place writer leaves is mended by the next command`(part: Double) throws {
    let arena = try Arena()
    for number in 0..<4 { try arena.succeed(["tag", "--image", "L:g\(number)", "t\(number)"]) }
    let bytes = try Files.read(arena.layout + "/index.json")
    try Files.write(
      Array(bytes.prefix(Int(Double(bytes.count) * part))), to: arena.layout + "/index.json")
    let start = Self.now()
    try arena.succeed(["tag", "--image", "L:g0", "after"])
    let seconds = Self.now() - start
    let tags = try arena.tags()
    #expect((0..<4).allSatisfy { tags["t\($0)"] == arena.images[$0] })
    #expect(tags["after"] == arena.images[0])
    #expect(try arena.log().map(\.kind).suffix(2) == [.repair, .tag])
    try arena.succeed(["recover", "--layout", "L"])
    #expect(try arena.problems() == [])
    print("torn: \(part) of index.json left, mended and tagged in \(seconds) s")
  }

  @Test func `32 writers and torn files lose nothing`() throws {
    let arena = try Arena()
    try arena.succeed(["tag", "--image", "L:base", "first"])
    let tearer = Background { round in
      let path = arena.layout + "/index.json"
      let bytes = try Files.read(path)
      if let file = fopen(path, "r+") {
        defer { fclose(file) }
        ftruncate(fileno(file), off_t(bytes.count / (round % 3 + 2)))
      }
      usleep(300_000)
    }
    let outcomes = try Crowd.run(32) { number in
      ("w-\(number)", try arena.run(["tag", "--image", "L:g\(number % 8)", "w-\(number)"]))
    }
    let torn = try tearer.stop().count
    try arena.succeed(["recover", "--layout", "L"])
    let tags = try arena.tags()
    let wrong = outcomes.filter { $0.1.status != 0 }
    #expect(wrong.isEmpty, "\(wrong)")
    #expect(outcomes.allSatisfy { tags[$0.0] != nil })
    #expect(try arena.problems() == [])
    print("torn: \(torn) times beside \(outcomes.count) writers")
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
