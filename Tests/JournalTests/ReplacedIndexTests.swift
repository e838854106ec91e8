import Store
import TestSupport
import Testing

@testable import Journal

@Suite struct ReplacedIndexTests {
  private func file(seconds: Int64, isUnmerged: Bool) throws -> (ReplacedIndex, FileStatus) {
    let folder = try TemporaryDirectory()
    let path = folder("file")
    try Files.write("content", to: path)
    try Files.setModificationTime(of: path, seconds: seconds)
    let status = try #require(try OpenDirectory.open(folder("")).status(of: "file"))
    let digest = Digest.sha256(of: Array("content".utf8))
    return (
      ReplacedIndex(sequence: 588, digest: digest, status: status, isUnmerged: isUnmerged), status
    )
  }

  @Test(arguments: [-315_619_200, -1, 0, 1_800_000_000] as [Int64], [false, true])
  func `a name says what the file was like, whenever it was written`(
    seconds: Int64, isUnmerged: Bool
  ) throws {
    let (replaced, status) = try file(seconds: seconds, isUnmerged: isUnmerged)
    #expect(replaced.time.seconds == seconds)
    let read = try #require(ReplacedIndex(name: replaced.name))
    #expect(read == replaced)
    #expect(read.isChanged(status) == isUnmerged)
    #expect(read.hasSameContent(as: replaced) == !isUnmerged)
  }

  @Test func `names sort by the operation`() throws {
    let names = ["000000000009-aa-1-2.3", "000000000010-aa-unmerged--1.5"]
    #expect(names.compactMap(ReplacedIndex.init).map(\.sequence) == [9, 10])
    #expect(names.compactMap(ReplacedIndex.init).map(\.name) == names)
  }

  @Test(arguments: [
    "", "torn-1800000000.json", "torn-1800000000-2.json", "unused-000000000099-kkkk.json",
    "index-5.json", "000000000009-aa-1", "000000000009-aa-x-1.2", "000000000009-aa-1-2",
    "000000000009-aa-1-2.3.4", "x-aa-1-2.3", "replaced.json",
  ])
  func `other names are none of ours`(name: String) {
    #expect(ReplacedIndex(name: name) == nil)
  }
}
