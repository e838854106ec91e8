/// Compressed bytes on their way to a codec: as they come, or gathered where it needs more at once.
///
/// Copies nothing as long as nothing has to be gathered.
final class CompressedInput {
  /// Gives the next bytes, valid until the next call; nil at the end.
  typealias Source = () throws -> UnsafeRawBufferPointer?

  /// How many bytes can be gathered.
  private static let capacity = SmallMembers.inputSize

  private let source: Source
  /// What is left of the last piece; it comes after what was gathered.
  private var piece = UnsafeRawBufferPointer(start: nil, count: 0)
  private var isSourceAtEnd = false
  /// Allocated when it is needed.
  private var buffer: UnsafeMutableRawBufferPointer?
  private var gathered: Range<Int> = 0..<0

  init(_ source: @escaping Source) {
    self.source = source
  }

  deinit { buffer?.deallocate() }

  /// The next bytes, valid until the next change.
  var bytes: UnsafeRawBufferPointer {
    guard let buffer, !gathered.isEmpty else { return piece }
    return UnsafeRawBufferPointer(rebasing: buffer[gathered])
  }

  /// Whether there can be no more before some are consumed.
  var isAll: Bool {
    (isSourceAtEnd && (gathered.isEmpty || piece.isEmpty)) || gathered.count == Self.capacity
  }

  /// Takes away bytes from the front.
  func consume(_ count: Int) {
    if gathered.isEmpty {
      piece = UnsafeRawBufferPointer(rebasing: piece.dropFirst(count))
    } else {
      gathered = gathered.lowerBound + count..<gathered.upperBound
    }
  }

  /// Gets the next piece; where some bytes are left, as many more to them as there is room for.
  func extend() throws {
    if bytes.isEmpty { return try takePiece() }
    let target =
      buffer ?? UnsafeMutableRawBufferPointer.allocate(byteCount: Self.capacity, alignment: 64)
    buffer = target
    // They may lie in the same buffer further on.
    let left = min(gathered.count, Self.capacity)
    UnsafeMutableRawBufferPointer(rebasing: target[..<left]).copyMemory(
      from: UnsafeRawBufferPointer(rebasing: target[gathered]))
    gathered = 0..<left
    while gathered.count < Self.capacity {
      if piece.isEmpty { try takePiece() }
      if isSourceAtEnd { return }
      let room = UnsafeMutableRawBufferPointer(rebasing: target[gathered.upperBound...])
      let count = min(room.count, piece.count)
      room.copyMemory(from: UnsafeRawBufferPointer(rebasing: piece.prefix(count)))
      gathered = 0..<gathered.upperBound + count
      piece = UnsafeRawBufferPointer(rebasing: piece.dropFirst(count))
    }
  }

  private func takePiece() throws {
    piece = UnsafeRawBufferPointer(start: nil, count: 0)
    guard let next = try source() else {
      isSourceAtEnd = true
      return
    }
    piece = next
  }
}
