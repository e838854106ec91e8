/// Hands a stream to libarchive and watches how much of it the headers take.
final class TarFeed {
  private let input: any TarInput
  private let headerLimit: Int
  private var piece: UnsafeRawBufferPointer?
  private var isPieceTaken = true
  private var pieceStart: Int64 = 0
  private var headerBytes: Int?
  // The last block of the piece before the current one, for the check of the end marker.
  private var endMarker = EndMarker()
  private(set) var failure: (any Error)?

  init(_ input: any TarInput, headerLimit: Int) {
    self.input = input
    self.headerLimit = headerLimit
  }

  /// Whether there is anything in the stream at all.
  func hasData() throws -> Bool {
    if isPieceTaken { try take() }
    return piece != nil
  }

  /// Whether the stream has ended, and nothing went wrong.
  var isExhausted: Bool { failure == nil && isPieceTaken && piece == nil }

  /// From now on what the library reads belongs to the headers of an entry.
  func beginHeader() { headerBytes = 0 }

  /// The headers are read.
  func endHeader() { headerBytes = nil }

  /// What libarchive's read callback does; the context is a feed that outlives the archive.
  static func read(
    _ context: UnsafeMutableRawPointer?, _ buffer: UnsafeMutablePointer<UnsafeRawPointer?>?
  ) -> Int {
    guard let context else { return -1 }
    let feed = Unmanaged<TarFeed>.fromOpaque(context).takeUnretainedValue()
    do {
      guard let piece = try feed.nextPiece() else { return 0 }
      buffer?.pointee = piece.baseAddress
      return piece.count
    } catch {
      feed.failure = error
      return -1
    }
  }

  private func nextPiece() throws -> UnsafeRawBufferPointer? {
    if isPieceTaken { try take() }
    isPieceTaken = true
    guard let piece else { return nil }
    if let count = headerBytes {
      // The piece that a header begins in is free; only what the library asks for beyond counts.
      headerBytes = count + piece.count
      guard count <= headerLimit else { throw ArchiveError.headerTooLarge(limit: headerLimit) }
    }
    return piece
  }

  private func take() throws {
    if let piece {
      endMarker.remember(piece, at: pieceStart)
      pieceStart += Int64(piece.count)
    }
    repeat { piece = try input.nextPiece() } while piece?.count == 0
    isPieceTaken = false
  }

  /// Whether a text lies in a part of the stream, as far as that was in the current piece or in the
  /// last 1 KiB before it.
  func contains(_ text: String, in range: Range<Int64>) -> Bool {
    guard let piece else { return false }
    let (text, count) = (Array(text.utf8), Int64(piece.count))
    let low = min(max(range.lowerBound - pieceStart, 0), count)
    let high = max(min(range.upperBound - pieceStart, count), low)
    let bytes = endMarker.bytes(from: range.lowerBound) + piece[Int(low)..<Int(high)]
    return bytes.indices.contains { bytes[$0...].starts(with: text) }
  }

  /// Checks the rest of the stream after the library has found its end at `offset`.
  ///
  /// The stream must end there, or go on with a second block of zeros (pax, POSIX.1-2017): a
  /// single one followed by something else is a damaged archive. What comes after both is padding
  /// that nobody reads, as with umoci.
  ///
  /// - Throws: ``ArchiveError/dataAfterEndMarker``.
  func checkEndMarker(at offset: Int64) throws {
    var start = offset + 512
    let end = offset + 1024
    guard endMarker.isZero(start..<end) else { throw ArchiveError.dataAfterEndMarker }
    while let piece {
      let pieceEnd = pieceStart + Int64(piece.count)
      let (low, high) = (max(start, pieceStart), min(end, pieceEnd))
      if low < high {
        let block = piece[Int(low - pieceStart)..<Int(high - pieceStart)]
        guard block.allSatisfy({ $0 == 0 }) else { throw ArchiveError.dataAfterEndMarker }
        start = high
      }
      if start >= end { return }
      isPieceTaken = true
      try take()
    }
  }
}

/// The last bytes of what was read, to look back at.
private struct EndMarker {
  private var bytes: [UInt8] = []
  private var start: Int64 = 0

  /// Keeps the last 1024 bytes of a piece.
  mutating func remember(_ piece: UnsafeRawBufferPointer, at offset: Int64) {
    let kept = piece.suffix(1024)
    bytes.removeAll(keepingCapacity: true)
    bytes.append(contentsOf: kept)
    start = offset + Int64(piece.count - kept.count)
  }

  /// The remembered bytes from an offset on.
  func bytes(from offset: Int64) -> [UInt8] {
    let low = min(max(offset - start, 0), Int64(bytes.count))
    return Array(bytes[Int(low)...])
  }

  /// Whether the remembered part of a range holds only zeros.
  func isZero(_ range: Range<Int64>) -> Bool {
    let low = max(range.lowerBound, start)
    let high = min(range.upperBound, start + Int64(bytes.count))
    guard low < high else { return true }
    return bytes[Int(low - start)..<Int(high - start)].allSatisfy { $0 == 0 }
  }
}
