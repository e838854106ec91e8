@testable import Layers

/// Gives the bytes in pieces of uneven lengths, as a file or a decompressor would.
private final class Pieces: TarInput {
  private let bytes: UnsafeMutableRawBufferPointer
  private var position = 0

  init(_ bytes: [UInt8]) {
    self.bytes = .allocate(byteCount: max(bytes.count, 1), alignment: 1)
    self.bytes.copyBytes(from: bytes)
    end = bytes.count
  }

  private let end: Int

  deinit { bytes.deallocate() }

  func nextPiece() throws -> UnsafeRawBufferPointer? {
    guard position < end else { return nil }
    let length = min(end - position, 700 + position % 613)
    defer { position += length }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<position + length])
  }
}

func readTar(_ bytes: [UInt8]) {
  let limits = ExtractionLimits()
  let reader = TarReader(Pieces(bytes), headerLimit: limits.headerSize)
  do {
    var path = EntryPath()
    while try reader.advance() {
      try? path.assign(reader.entry.path, limits)
      _ = try? EntryMetadata(reader.entry, ExtractionOptions())
      var total: Int64 = 0
      try reader.forEachPiece { piece, offset in
        total = max(total, offset + Int64(piece.count))
      }
      precondition(total <= max(reader.entry.size, 0))
    }
  } catch {}
}

func readMtree(_ bytes: [UInt8]) {
  guard let mtree = try? MtreeFile(parsing: bytes) else { return }
  for node in mtree.nodes {
    _ = mtree.path(of: node)
    _ = mtree.ownValues(of: node)
  }
}

/// Reads gzip in both ways: what zlib reads, libdeflate must read too. (It is not as strict: it takes
/// codes that no symbol needs.)
func readGzip(_ bytes: [UInt8]) {
  let pieces = readStream(bytes) {
    LayerDecompressor(.gzip, try GzipCodec(readsSmallMembers: false), $0)
  }
  let members = readStream(bytes) { LayerDecompressor(.gzip, try GzipCodec(), $0) }
  precondition(pieces == nil || pieces == members)
}

func readZstd(_ bytes: [UInt8]) {
  readStream(bytes) { try LayerDecompressor(.zstd, pieces: $0) }
}

func readGzipStream(_ bytes: [UInt8]) {
  readStream(bytes) { try LayerDecompressor(.gzip, pieces: $0) }
}

/// Reads a stream that comes in pieces of uneven lengths.
///
/// - Returns: The first bytes of what comes out; nil when that is an error.
@discardableResult
private func readStream(
  _ bytes: [UInt8], _ open: (@escaping CompressedInput.Source) throws -> LayerDecompressor
) -> [UInt8]? {
  let input = Pieces(bytes)
  guard let stream = try? open(input.nextPiece) else { return nil }
  let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 1)
  defer { output.deallocate() }
  var plain: [UInt8] = []
  // A bomb may unpack to terabytes; what is looked for shows early.
  for _ in 0..<256 {
    guard let count = try? stream.read(into: output) else { return nil }
    plain += output[..<count]
    if count < output.count { return plain }
  }
  return plain
}
