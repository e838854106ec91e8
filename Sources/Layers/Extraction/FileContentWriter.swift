internal import Glibc
internal import Store

/// Writes the content of one new file, holes kept, and hashes it on the way.
struct FileContentWriter: ~Copyable {
  private let file: OpenFile
  private var hasher = ContentHasher.makeSHA256()
  private var end: Int64 = 0

  init(_ file: consuming OpenFile) {
    self.file = file
  }

  /// Writes a piece that lies at or behind the end of what was written; what is between is a hole.
  mutating func write(_ piece: UnsafeRawBufferPointer, at offset: Int64) throws(SyscallError) {
    if offset > end {
      hashZeros(offset - end)
      guard lseek(file.descriptor, off_t(offset), SEEK_SET) >= 0 else {
        throw .last("lseek", file.path)
      }
    }
    try file.write(piece, "extract.content")
    hasher.update(piece)
    end = offset + Int64(piece.count)
  }

  /// Completes the file to its length and hands it back with its hash in the record.
  consuming func finish(
    _ size: Int64, _ record: inout FileRecord
  ) throws(SyscallError) -> OpenFile {
    if end < size {
      hashZeros(size - end)
      try FailPoint("extract.length").perform("ftruncate", on: file.path) {
        Int(ftruncate(file.descriptor, off_t(size)))
      }
    }
    record.size = size
    record.setContentHash(hasher)
    return file
  }

  private mutating func hashZeros(_ count: Int64) {
    var rest = count
    Self.zeros.withUnsafeBytes { zeros in
      while rest > 0 {
        let piece = Int(min(rest, Int64(zeros.count)))
        hasher.update(UnsafeRawBufferPointer(rebasing: zeros.prefix(piece)))
        rest -= Int64(piece)
      }
    }
  }

  private static let zeros = [UInt8](repeating: 0, count: 1 << 16)
}
