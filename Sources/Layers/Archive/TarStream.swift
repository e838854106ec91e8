/// The stream of an archive, cut as its reader needs it.
final class TarStream {
  /// Everything in an archive begins at a multiple of this many bytes.
  static let blockSize = 512

  private let input: any TarInput
  // What is left of the last piece.
  private var rest = UnsafeRawBufferPointer(start: nil, count: 0)
  private var isAtEnd = false
  private let block = UnsafeMutableRawBufferPointer.allocate(
    byteCount: TarStream.blockSize, alignment: 16)

  init(_ input: any TarInput) {
    self.input = input
  }

  deinit { block.deallocate() }

  /// The next bytes, valid until the next call; none at the end of the stream.
  func next(atMost count: Int64) throws -> UnsafeRawBufferPointer {
    while rest.isEmpty, !isAtEnd {
      if let piece = try input.nextPiece() { rest = piece } else { isAtEnd = true }
    }
    let taken = UnsafeRawBufferPointer(rebasing: rest.prefix(Int(clamping: count)))
    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(taken.count))
    return taken
  }

  /// The next block, valid until the next call of this; a shorter one at the end of the stream.
  func nextBlock() throws -> UnsafeRawBufferPointer {
    var filled = 0
    while filled < block.count {
      let piece = try next(atMost: Int64(block.count - filled))
      if piece.isEmpty { break }
      UnsafeMutableRawBufferPointer(rebasing: block[filled...]).copyMemory(from: piece)
      filled += piece.count
    }
    return UnsafeRawBufferPointer(rebasing: block[..<filled])
  }

  /// Passes over bytes.
  ///
  /// - Returns: How many of them the stream does not have.
  func skip(_ count: Int64) throws -> Int64 {
    var left = count
    while left > 0 {
      let piece = try next(atMost: left)
      if piece.isEmpty { break }
      left -= Int64(piece.count)
    }
    return left
  }

  /// How many bytes fill up the last block of so many.
  static func padding(after count: Int64) -> Int64 {
    let used = count % Int64(blockSize)
    return used == 0 ? 0 : Int64(blockSize) - used
  }
}
