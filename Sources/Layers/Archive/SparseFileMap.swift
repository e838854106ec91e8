/// Where a sparse file of an archive has data.
///
/// Pieces come in the order of their offsets and do not overlap; what lies between them is a hole.
struct SparseFileMap {
  struct Piece: BitwiseCopyable {
    let offset: Int64
    let count: Int64
  }

  private(set) var pieces: [Piece] = []
  private var end: Int64 = 0
  /// The length of the data in the archive, in bytes.
  private(set) var dataSize: Int64 = 0

  /// Adds a piece.
  ///
  /// - Throws: ``ArchiveError/malformedSparseMap`` when it is out of order or leaves the file.
  mutating func add(_ offset: Int64, _ count: Int64, size: Int64) throws(ArchiveError) {
    let (next, overflow) = offset.addingReportingOverflow(count)
    guard offset >= end, count >= 0, !overflow, next <= size else { throw .malformedSparseMap }
    end = next
    dataSize += count
    if count > 0 { pieces.append(Piece(offset: offset, count: count)) }
  }

  /// The map of pax formats 0.0 and 0.1: numbers with commas between them.
  init(_ sparse: PaxRecords.Sparse, size: Int64) throws(ArchiveError) {
    var numbers = sparse.numbers
    if numbers.isEmpty, let map = sparse.map {
      numbers = map.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        .map { Array($0) }
    }
    let count = sparse.pieceCount.flatMap { PaxRecords.decimal($0) }
    guard numbers.count % 2 == 0, count == Int64(numbers.count / 2) else {
      throw .malformedSparseMap
    }
    for index in stride(from: 0, to: numbers.count, by: 2) {
      try add(try Self.number(numbers[index]), try Self.number(numbers[index + 1]), size: size)
    }
  }

  /// An empty map.
  init() {}

  static func number(_ text: [UInt8]) throws(ArchiveError) -> Int64 {
    guard let number = PaxRecords.decimal(text) else { throw .malformedSparseMap }
    return number
  }
}
