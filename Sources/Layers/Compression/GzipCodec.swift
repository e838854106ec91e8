internal import CDeflate

/// Reads gzip: any number of members, then at most NUL padding (RFC 1952).
///
/// The check sum and length of each member are verified. A stream of small members, as umoci-tx itself
/// writes them, is read member by member as long as they are small, all others piece by piece.
final class GzipCodec: DecompressionCodec {
  private enum Position {
    case betweenMembers
    case inHeader(GzipHeader)
    case inData
    case inTrailer(GzipTrailer)
    case inPadding
  }

  private let inflater: RawInflater
  /// Gone when a member was not small: the next one will hardly be.
  private var smallMembers: SmallMembers?
  private var position = Position.betweenMembers
  /// Whether a member was complete.
  private var hasMember = false
  private var checksum: UInt32 = 0
  private var size: UInt32 = 0

  /// Begins a stream.
  ///
  /// - Parameter readsSmallMembers: False reads every member piece by piece.
  /// - Throws: ``CompressionError/outOfMemory(_:)``.
  init(readsSmallMembers: Bool = true) throws(CompressionError) {
    inflater = try RawInflater()
    smallMembers = readsSmallMembers ? SmallMembers() : nil
  }

  func decode(
    _ input: UnsafeRawBufferPointer, isAll: Bool, into output: UnsafeMutableRawBufferPointer
  ) throws(CompressionError) -> (consumed: Int, produced: Int) {
    if let smallMembers, smallMembers.hasOutput { return (0, smallMembers.take(output)) }
    if case .betweenMembers = position {
      guard let first = input.first else { return (0, 0) }
      if hasMember, first != GzipHeader.firstByte {
        position = .inPadding
      } else {
        switch readSmallMember(input, isAll) {
        case .done(let count): return (count, 0)
        case .needsMore: return (0, 0)
        case .isNone: position = .inHeader(GzipHeader())
        }
      }
    }
    return try decodeSome(input, into: output)
  }

  func finish() throws(CompressionError) {
    switch position {
    case .betweenMembers where hasMember, .inPadding: break
    default: throw .truncated(.gzip)
    }
  }

  // MARK: member by member

  private enum SmallMember {
    case done(Int)
    case needsMore
    case isNone
  }

  private func readSmallMember(_ input: UnsafeRawBufferPointer, _ isAll: Bool) -> SmallMember {
    guard let reader = smallMembers else { return .isNone }
    // Most members end well before that: few are begun in vain.
    guard isAll || input.count >= SmallMembers.inputSize / 2 else { return .needsMore }
    if let count = reader.read(input) {
      hasMember = true
      return .done(count)
    }
    guard isAll else { return .needsMore }
    smallMembers = nil
    return .isNone
  }

  // MARK: piece by piece

  private func decodeSome(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(CompressionError) -> (consumed: Int, produced: Int) {
    switch position {
    case .betweenMembers: return (0, 0)
    case .inHeader(var header):
      let count = try header.read(input)
      position = .inHeader(header)
      if header.isComplete { beginData() }
      return (count, 0)
    case .inData: return try inflate(input, into: output)
    case .inTrailer(var trailer):
      let count = trailer.read(input)
      position = .inTrailer(trailer)
      if trailer.isComplete { try end(trailer) }
      return (count, 0)
    case .inPadding:
      guard input.allSatisfy({ $0 == 0 }) else { throw .trailingGarbage(.gzip) }
      return (input.count, 0)
    }
  }

  private func beginData() {
    inflater.restart()
    checksum = 0
    size = 0
    position = .inData
  }

  private func inflate(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(CompressionError) -> (consumed: Int, produced: Int) {
    let step = try inflater.inflate(input, into: output)
    if step.produced > 0 {
      checksum = libdeflate_crc32(checksum, output.baseAddress, step.produced)
      size &+= UInt32(truncatingIfNeeded: step.produced)
    }
    if step.isEnd { position = .inTrailer(GzipTrailer()) }
    return (step.consumed, step.produced)
  }

  private func end(_ trailer: GzipTrailer) throws(CompressionError) {
    try trailer.check(checksum: checksum, size: size)
    hasMember = true
    position = .betweenMembers
  }
}
