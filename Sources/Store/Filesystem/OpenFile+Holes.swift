internal import CLinux
internal import Glibc

extension OpenFile {
  /// How many bytes of holes a file may have that is read to its end, 64 GiB.
  ///
  /// A hole costs nothing to make and as much to read as content; no real layer unpacks to more.
  package static let maximumHoles: Int64 = 64 << 30

  /// Whether there is so little in the file's first `size` bytes that reading them is for nothing: its holes
  /// (lseek(2)) are more than ``maximumHoles``.
  ///
  /// Where the file system does not tell of holes there are none. The position is the file's start afterwards.
  package func isHollow(upTo size: Int64 = .max) throws(SyscallError) -> Bool {
    let end = try min(size, status().size)
    guard end > Self.maximumHoles else { return false }
    var holes: Int64 = 0
    var position: Int64 = 0
    while position < end, holes <= Self.maximumHoles {
      let hole = min(try seek(to: clinux_SEEK_HOLE, from: position) ?? end, end)
      let data = min(try seek(to: clinux_SEEK_DATA, from: hole) ?? end, end)
      // What is written to meanwhile may answer otherwise from call to call.
      guard data > position else { break }
      holes += data - hole
      position = data
    }
    try rewind()
    return holes > Self.maximumHoles
  }

  /// - Returns: Nil when there is no more of it, or the file system does not tell.
  private func seek(to whence: Int32, from position: Int64) throws(SyscallError) -> Int64? {
    let found = lseek(descriptor, off_t(position), whence)
    if found >= 0 { return Int64(found) }
    guard errno == ENXIO || errno == EINVAL else { throw .last("lseek", path) }
    return nil
  }
}
