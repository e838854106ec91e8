internal import Store

/// A layer that a private view shares with the layout: one file with two names.
struct LinkedBlob {
  /// Its path below `blobs/`.
  let path: String
  /// What it was like when the tool began, its second name included.
  let status: FileStatus

  /// Whether somebody has written into it, by whichever name.
  ///
  /// It is still what it was when its inode has not changed; when the number of its names has, size and
  /// time of the last write tell.
  func isDamaged(in blobs: OpenDirectory) throws(SyscallError) -> Bool {
    guard let now = try blobs.status(of: path, followingLinks: true), now.inode == status.inode
    else { return false }
    return now.size != status.size || now.modificationTime != status.modificationTime
  }

  /// Stages the blob anew from what is left of it: a tool that only appended has taken nothing away.
  ///
  /// - Returns: Nil when its content is lost.
  func rescue(from blobs: OpenDirectory, into stage: StagingArea) throws -> StagedBlob? {
    guard let digest, let file = try blobs.openRegularFile(path) else { return nil }
    var writer = try stage.makeWriter(algorithm: digest.algorithm)
    var left = status.size
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer { buffer.deallocate() }
    while left > 0 {
      let wanted = UnsafeMutableRawBufferPointer(
        rebasing: buffer[..<Int(min(left, Int64(buffer.count)))])
      let count = try file.read(into: wanted)
      guard count > 0 else { return nil }
      try writer.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      left -= Int64(count)
    }
    let staged = try stage.finish(writer)
    return staged.digest == digest ? staged : nil
  }

  /// The digest that it should have.
  var digest: Digest? {
    guard let slash = path.firstIndex(of: "/") else { return nil }
    return try? Digest(parsing: path[..<slash] + ":" + path[path.index(after: slash)...])
  }
}
