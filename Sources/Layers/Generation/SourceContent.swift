internal import CLinux
internal import Glibc
internal import Store

/// Copies the content of files into an archive, watching for somebody who changes them meanwhile.
final class SourceContent {
  private static let bufferSize = 1 << 18
  /// The size of what stands for holes, of which nothing is ever read, in bytes.
  private static let holeSize = 1 << 30

  private let buffer = UnsafeMutableRawBufferPointer.allocate(
    byteCount: bufferSize, alignment: 4096)
  private var hole: UnsafeMutableRawPointer?

  deinit {
    buffer.deallocate()
    if let hole { munmap(hole, Self.holeSize) }
  }

  /// Writes an entry with its content.
  ///
  /// - Parameters:
  ///   - entry: The entry.
  ///   - file: The file, at its start.
  ///   - status: What it was when the entry was made of it.
  /// - Throws: ``LayerGenerationError/changedWhileRead(path:_:)`` when it is no longer that file.
  func copy(
    _ entry: LayerEntry, _ file: borrowing OpenFile, expecting status: FileStatus,
    to writer: TarWriter
  ) throws {
    let before = try file.status()
    try Self.check(before, against: status, file.path, isComplete: false)
    let fullBlocks = before.size / 512 + (before.size % 512).signum()
    let isSparse = before.blocks < fullBlocks && TarWriter.canBeSparse(entry.path)
    let data = isSparse ? try SparseMap.data(of: file, size: before.size) : nil
    try writer.begin(entry, data: data)
    if let data {
      try copySparse(file, data, size: before.size, to: writer)
    } else {
      try copyWhole(file, size: before.size, to: writer)
    }
    try Self.check(try file.status(), against: before, file.path, isComplete: true)
  }

  /// Refuses a file that is not what it was.
  ///
  /// - Parameter isComplete: Whether its metadata count too.
  static func check(
    _ status: FileStatus, against expected: FileStatus, _ path: String, isComplete: Bool
  ) throws(LayerGenerationError) {
    let change: SourceChange?
    if status.size > expected.size {
      change = .grew(from: expected.size, to: status.size)
    } else if status.size < expected.size {
      change = .shrank(from: expected.size, to: status.size)
    } else if status.modificationTime != expected.modificationTime
      || isComplete && status.changeTime != expected.changeTime
    {
      // Opening an unreadable file lends it a permission, and that is a change, of our own.
      change = .modified
    } else {
      change = nil
    }
    if let change { throw .changedWhileRead(path: path, change) }
  }

  private func copyWhole(
    _ file: borrowing OpenFile, size: Int64, to writer: TarWriter
  ) throws {
    var position: Int64 = 0
    while position < size {
      let wanted = Int(min(Int64(buffer.count), size - position))
      let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
      guard count > 0 else { throw Self.shrank(file.path, size, position) }
      try writer.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      position += Int64(count)
    }
    let extra = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<1]))
    if extra > 0 {
      let length = try file.status().size
      throw LayerGenerationError.changedWhileRead(
        path: file.path, .grew(from: size, to: max(length, size + 1)))
    }
  }

  private func copySparse(
    _ file: borrowing OpenFile, _ data: [Range<Int64>], size: Int64, to writer: TarWriter
  ) throws {
    var position: Int64 = 0
    for range in data {
      try skip(range.lowerBound - position, writer)
      position = range.lowerBound
      while position < range.upperBound {
        let wanted = Int(min(Int64(buffer.count), range.upperBound - position))
        let count = pread(file.descriptor, buffer.baseAddress, wanted, Int(position))
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw SyscallError.last("pread", file.path) }
        guard count > 0 else { throw Self.shrank(file.path, size, position) }
        try writer.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        position += Int64(count)
      }
    }
    try skip(size - position, writer)
  }

  /// Hands the bytes of a hole to the library, which takes them without looking.
  private func skip(_ count: Int64, _ writer: TarWriter) throws {
    guard count > 0 else { return }
    let zeros = try makeHole()
    var left = count
    while left > 0 {
      let piece = Int(min(left, Int64(Self.holeSize)))
      try writer.write(UnsafeRawBufferPointer(start: zeros, count: piece))
      left -= Int64(piece)
    }
  }

  private func makeHole() throws(SyscallError) -> UnsafeMutableRawPointer {
    if let hole { return hole }
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    guard let memory = mmap(nil, Self.holeSize, PROT_READ, flags, -1, 0), memory != MAP_FAILED
    else { throw SyscallError.last("mmap", "the zeros of a sparse file") }
    hole = memory
    return memory
  }

  private static func shrank(
    _ path: String, _ expected: Int64, _ actual: Int64
  ) -> LayerGenerationError {
    .changedWhileRead(path: path, .shrank(from: expected, to: actual))
  }
}

/// Where a file has data, and where holes.
enum SparseMap {
  /// Holes shorter than this are stored, and longer ones cut to multiples of it, in bytes: so that
  /// the map is the same on file systems with blocks of different size.
  static let grain: Int64 = 1 << 16
  /// The most pieces of data that a map may have; a file with more has a coarser map.
  static let maximumRanges = 2048

  /// The ranges with data, in order; nil when storing the holes costs little.
  static func data(
    of file: borrowing OpenFile, size: Int64
  ) throws(SyscallError) -> [Range<Int64>]? {
    var grain = grain
    while true {
      if let ranges = try data(of: file, size: size, grain: grain) {
        return ranges == [0..<size] ? nil : ranges
      }
      grain *= 2
    }
  }

  /// Nil when there would be too many.
  private static func data(
    of file: borrowing OpenFile, size: Int64, grain: Int64
  ) throws(SyscallError) -> [Range<Int64>]? {
    var ranges: [Range<Int64>] = []
    var position: Int64 = 0
    while let found = try next(file, position, size) {
      let start = found.lowerBound / grain * grain
      let (rounded, isTooBig) = found.upperBound.addingReportingOverflow(grain - 1)
      let end = isTooBig ? size : min(rounded / grain * grain, size)
      if let last = ranges.last, start <= last.upperBound {
        ranges[ranges.count - 1] = last.lowerBound..<end
      } else {
        ranges.append(start..<end)
      }
      guard ranges.count <= maximumRanges else { return nil }
      position = end
      if position >= size { break }
    }
    return ranges
  }

  /// The next piece of data; nil when only a hole follows.
  private static func next(
    _ file: borrowing OpenFile, _ position: Int64, _ size: Int64
  ) throws(SyscallError) -> Range<Int64>? {
    let start = lseek(file.descriptor, Int(position), clinux_SEEK_DATA)
    guard start >= 0 else {
      if errno == ENXIO { return nil }
      // A file system that knows of no holes has none.
      if errno == EINVAL { return position..<size }
      throw SyscallError.last("lseek", file.path)
    }
    let end = lseek(file.descriptor, start, clinux_SEEK_HOLE)
    guard end >= 0 else { throw SyscallError.last("lseek", file.path) }
    guard Int64(start) < size else { return nil }
    return Int64(start)..<min(max(Int64(end), Int64(start) + 1), size)
  }
}
