import Glibc
import Store
import TestSupport
import Testing

/// Files that take no room and no end to read.
@Suite struct HollowBlobTests {
  private let folder: TemporaryDirectory
  private let digest = Digest.sha256(of: Array("content".utf8))

  init() throws {
    // Sparse files of any size are what tmpfs has.
    folder = try TemporaryDirectory(in: "/dev/shm")
  }

  private func file(_ size: Int) throws -> OpenFile {
    let path = folder.path + "/f"
    try Files.write("content", to: path)
    try #require(truncate(path, size) == 0)
    return try OpenDirectory.open(folder.path).openFile("f")
  }

  @Test func `a file of more than 64 GiB of holes is no blob, and is not read`() throws {
    let size = Int(OpenFile.maximumHoles) + 8192
    #expect {
      _ = try BlobReader(file(size), expecting: digest, size: Int64(size))
    } throws: { error in
      guard case .hollow(digest, Int64(size)) = error as? BlobError else { return false }
      return true
    }
  }

  @Test func `holes beyond the size that a blob should have do not matter`() throws {
    var reader = try BlobReader(file(1 << 62), expecting: digest, size: 7)
    #expect {
      try reader.drain()
    } throws: { error in
      guard case .sizeMismatch(digest, 7, 1 << 62) = error as? BlobError else { return false }
      return true
    }
  }

  @Test func `a file of content and 64 GiB of holes may be read`() throws {
    let file = try file(Int(OpenFile.maximumHoles) + 4096)
    #expect(try file.isHollow() == false)
    #expect(try file.readToEnd(limit: 1 << 20) == nil)
  }
}
