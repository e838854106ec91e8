import Testing

@testable import Store

@Suite struct SimilarNamesTests {
  @Test(
    arguments: [
      ("latset", ["latest"]), ("lates", ["latest"]), ("1v.1", ["v1.1"]),
      ("LATEST", []), ("v1.0", ["v1.1", "v2.0"]),
      ("", []), ("x", ["y"]), ("completely-else", []),
    ] as [(String, [String])])
  func `near names are found, the nearest first`(name: String, expected: [String]) {
    let names = ["latest", "v1.1", "v2.0", "y", "release-candidate"]
    #expect(SimilarNames.find(name, among: names) == expected)
  }

  @Test func `no more than three names come back`() {
    let names = (0..<10).map { "tag-\($0)" }
    #expect(SimilarNames.find("tag-x", among: names) == ["tag-0", "tag-1", "tag-2"])
  }

  @Test func `names of absurd length are left out`() {
    let long = String(repeating: "n", count: 1 << 20)
    #expect(SimilarNames.find(long, among: [long]) == [])
    #expect(SimilarNames.find("n", among: [long]) == [])
  }

  @Test(arguments: 0..<8)
  func `it agrees with the whole table of Levenshtein and Damerau`(seed: UInt64) {
    var random = Generator(state: seed)
    for _ in 0..<300 {
      let name = random.word()
      let other = random.word()
      let limit = min(3, max(1, name.utf8.count / 3))
      let isNear =
        !name.isEmpty && !other.isEmpty
        && Self.distance(Array(name.utf8), Array(other.utf8)) <= limit
      #expect(
        SimilarNames.find(name, among: [other]) == (isNear ? [other] : []),
        "seed \(seed): \(name) and \(other)")
    }
  }

  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var table = Array(
      repeating: Array(repeating: 0, count: right.count + 1), count: left.count + 1)
    for i in 0...left.count {
      for j in 0...right.count {
        if i == 0 || j == 0 {
          table[i][j] = i + j
        } else {
          table[i][j] = min(
            table[i - 1][j] + 1, table[i][j - 1] + 1,
            table[i - 1][j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1))
          if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
            table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
          }
        }
      }
    }
    return table[left.count][right.count]
  }

  private struct Generator {
    var state: UInt64

    mutating func next(below bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % bound
    }

    /// A short word of two letters, so that many are near to each other.
    mutating func word() -> String {
      let count = next(below: 12)
      return String((0..<count).map { _ in next(below: 2) == 0 ? "a" : "b" })
    }
  }
}
