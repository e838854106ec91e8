internal import Glibc
internal import Store

/// The pages that a writer who died in the middle of a commit has saved in his rollback journal: with them
/// the database reads as it was before, and as the next writer puts it back.
///
/// So whoever may not write a layout, and can put nothing back, believes nothing that was never committed.
/// The format is that of sqlite.org/fileformat2.html, §3; what counts as read is what SQLite would play back.
final class RollbackJournal {
  private let file: OpenFile
  /// Where each saved page begins in the journal.
  private var offsets: [Int64: Int64] = [:]
  /// The size of the database as it was, in bytes.
  let databaseSize: Int64

  /// Reads what a journal has saved.
  ///
  /// - Returns: Nil when it holds nothing that has to be put back.
  init?(_ file: consuming OpenFile) throws(SyscallError) {
    let size = try file.status().size
    guard let first = try Segment(in: file, at: 0, size) else { return nil }
    self.file = file
    databaseSize = first.pageCount * Self.pageSize
    var next: Segment? = first
    while let segment = next {
      guard let end = try addPages(of: segment) else { break }
      let position = (end + segment.sectorSize - 1) / segment.sectorSize * segment.sectorSize
      next = try Segment(in: self.file, at: position, size)
    }
  }

  /// Whether a page was saved.
  func holds(page number: Int64) -> Bool { offsets[number] != nil }

  /// Reads bytes of the database as they were, all of one page, if that was saved.
  ///
  /// - Returns: Whether it was.
  func read(
    into buffer: UnsafeMutableRawBufferPointer, at position: Int64
  ) throws(SyscallError) -> Bool {
    guard let offset = offsets[position / Self.pageSize] else { return false }
    return try file.read(into: buffer, at: offset + position % Self.pageSize) == buffer.count
  }

  private static let pageSize = Int64(PageChecksum.pageSize)
  /// The page that holds SQLite's locks and nothing else.
  private static let lockPage = (1 << 30) / pageSize + 1
  fileprivate static let recordSize = pageSize + 8

  /// - Returns: Where they end; nil when one of them was not written any more.
  private func addPages(of segment: Segment) throws(SyscallError) -> Int64? {
    var record = [UInt8](repeating: 0, count: Int(Self.recordSize))
    var position = segment.start
    for _ in 0..<segment.recordCount {
      guard try file.read(&record, at: position) else { return nil }
      let number = Int64(record.bigEndian(at: 0))
      guard number > 0, number != Self.lockPage else { return nil }
      if number <= databaseSize / Self.pageSize {
        guard Self.sum(of: record, segment.nonce) == record.bigEndian(at: record.count - 4) else {
          return nil
        }
        offsets[number - 1] = position + 4
      }
      position += Self.recordSize
    }
    return position
  }

  /// The sum of every two hundredth byte of a page, from its end on.
  private static func sum(of record: [UInt8], _ nonce: UInt32) -> UInt32 {
    stride(from: PageChecksum.pageSize - 200, to: 0, by: -200)
      .reduce(nonce) { $0 &+ UInt32(record[4 + $1]) }
  }
}

/// A header of a rollback journal, for the pages behind it.
private struct Segment {
  private static let magic: [UInt8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7]
  private static let headerSize = 28

  /// Where the first page begins.
  let start: Int64
  let recordCount: Int64
  let nonce: UInt32
  /// The pages of the database as it was.
  let pageCount: Int64
  let sectorSize: Int64

  /// Reads one; nil when there is none, as in a journal that was played back or is of no more use.
  init?(in file: borrowing OpenFile, at position: Int64, _ size: Int64) throws(SyscallError) {
    var header = [UInt8](repeating: 0, count: Self.headerSize)
    guard try file.read(&header, at: position), header.prefix(8).elementsEqual(Self.magic) else {
      return nil
    }
    let numbers = stride(from: 8, to: Self.headerSize, by: 4).map { header.bigEndian(at: $0) }
    (nonce, pageCount, sectorSize) = (numbers[1], Int64(numbers[2]), Int64(numbers[3]))
    start = position + sectorSize
    let isPossible = (32...65536).contains(sectorSize) && sectorSize & (sectorSize - 1) == 0
    guard [0, UInt32(PageChecksum.pageSize)].contains(numbers[4]), isPossible, start <= size
    else { return nil }
    // Who syncs nothing does not count either.
    let isCounted = numbers[0] != .max
    recordCount = isCounted ? Int64(numbers[0]) : (size - start) / RollbackJournal.recordSize
  }
}

extension [UInt8] {
  fileprivate func bigEndian(at offset: Int) -> UInt32 {
    self[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }
}

extension OpenFile {
  /// Reads like pread(2).
  fileprivate func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int64
  ) throws(SyscallError) -> Int {
    var total = 0
    while total < buffer.count {
      let count = pread(
        descriptor, buffer.baseAddress.map { $0 + total }, buffer.count - total,
        off_t(offset) + total)
      if count == 0 { break }
      if count > 0 { total += count } else if errno != EINTR { throw .last("pread", path) }
    }
    return total
  }

  /// - Returns: Whether there were as many bytes.
  fileprivate func read(_ bytes: inout [UInt8], at offset: Int64) throws(SyscallError) -> Bool {
    var failure: SyscallError?
    let isWhole = bytes.withUnsafeMutableBytes { buffer in
      do throws(SyscallError) {
        return try read(into: buffer, at: offset) == buffer.count
      } catch {
        failure = error
        return false
      }
    }
    if let failure { throw failure }
    return isWhole
  }
}
