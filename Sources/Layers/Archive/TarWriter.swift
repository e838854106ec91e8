internal import Store

/// Takes a tar stream in pieces.
protocol TarOutput: AnyObject {
  /// Takes the next bytes.
  func write(_ bytes: UnsafeRawBufferPointer) throws
}

/// Writes tar in the form of Go's archive/tar, so that a layer's plain stream is what umoci makes of the
/// same entries (umoci-behaviour §3.5): ustar as far as it goes, pax records where it does not reach
/// (POSIX.1-2017, pax §extended header).
///
/// Names are bytes. Extended attributes are `SCHILY.xattr` records; sparse files have the form GNU 1.0,
/// which everything in Go reads.
///
/// Nothing of the running process gets into the stream: the same entries give the same bytes.
final class TarWriter {
  private let output: any TarOutput
  // What is still to come of the current entry, and what fills up its last block.
  private var left: Int64 = 0
  private var padding: Int64 = 0

  /// Begins a stream.
  init(_ output: any TarOutput) {
    self.output = output
  }

  /// Begins an entry; the one before it must be complete.
  ///
  /// - Parameters:
  ///   - entry: The entry.
  ///   - data: Where a sparse file has data, in order; nil for one that is written whole.
  /// - Throws: ``EncodingError``, or what the output throws.
  func begin(_ entry: LayerEntry, data: [Range<Int64>]? = nil) throws {
    try complete()
    var header = TarHeaderBlock(entry)
    var map: [UInt8] = []
    left = entry.size
    if let data {
      map = Self.map(data, size: entry.size)
      left = data.reduce(0) { $0 + Int64($1.count) }
      header.makeSparse(size: left + Int64(map.count))
    }
    padding = TarStream.padding(after: left)
    let records = header.records
    if !records.isEmpty {
      try write(TarHeaderBlock.extended(records, before: header))
      try write(records)
      try write(zeros: TarStream.padding(after: Int64(records.count)))
    }
    try write(header.bytes)
    try write(map)
  }

  /// The map of a sparse file: a line for each number, filled up to a block.
  private static func map(_ data: [Range<Int64>], size: Int64) -> [UInt8] {
    var pieces = data
    // A hole at the end is a piece of no length behind it.
    if pieces.last?.upperBound != size { pieces.append(size..<size) }
    var text = Array("\(pieces.count)\n".utf8)
    for piece in pieces { text += Array("\(piece.lowerBound)\n\(piece.count)\n".utf8) }
    let padding = TarStream.padding(after: Int64(text.count))
    return text + [UInt8](repeating: 0, count: Int(padding))
  }

  /// Writes the next bytes of the current entry's content; of a sparse file, those that are data.
  func write(_ bytes: UnsafeRawBufferPointer) throws {
    left -= Int64(bytes.count)
    try output.write(bytes)
  }

  /// Writes the end of the stream.
  func finish() throws {
    try complete()
    try write(zeros: 2 * Int64(TarStream.blockSize))
  }

  private func complete() throws {
    guard left == 0 else {
      throw EncodingError(reason: "an entry lacks \(left) bytes")
    }
    try write(zeros: padding)
    padding = 0
  }

  private func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try output.write($0) }
  }

  private func write(zeros count: Int64) throws {
    if count > 0 { try write([UInt8](repeating: 0, count: Int(count))) }
  }
}
