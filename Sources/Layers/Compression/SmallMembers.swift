internal import CDeflate

/// Inflates whole gzip members with libdeflate, which is more than twice as fast as zlib but knows no
/// pieces: those that are as small as the ones that ``GzipCompressor`` makes.
///
/// It needs 1 MiB of memory. What it cannot read, for whatever reason, is left to somebody else, who
/// also says what is wrong with it.
final class SmallMembers {
  /// How many bytes of input are enough for every member that is small enough.
  static let inputSize = (GzipCompressor.largestResult + 4095) / 4096 * 4096

  private let decompressor: OpaquePointer
  private let plain = UnsafeMutableRawBufferPointer.allocate(
    byteCount: GzipCompressor.chunkSize, alignment: 64)
  private var pending: Range<Int> = 0..<0

  /// Prepares; nil when there is no memory.
  init?() {
    guard let decompressor = libdeflate_alloc_decompressor() else { return nil }
    self.decompressor = decompressor
  }

  deinit {
    libdeflate_free_decompressor(decompressor)
    plain.deallocate()
  }

  /// Whether something of the last member is still to be taken.
  var hasOutput: Bool { !pending.isEmpty }

  /// Inflates the member at the start of the input, and verifies it.
  ///
  /// - Returns: Its length; nil when it does not end there, is too large, or is damaged.
  func read(_ input: UnsafeRawBufferPointer) -> Int? {
    // The library does not verify the check sum that a header may have.
    guard input.count > 3, input[3] & 2 == 0 else { return nil }
    var consumed = 0
    var produced = 0
    let result = libdeflate_gzip_decompress_ex(
      decompressor, input.baseAddress, input.count, plain.baseAddress, plain.count, &consumed,
      &produced)
    guard result == LIBDEFLATE_SUCCESS else { return nil }
    pending = 0..<produced
    return consumed
  }

  /// Takes output, and returns how much that was.
  func take(_ output: UnsafeMutableRawBufferPointer) -> Int {
    let part = pending.prefix(output.count)
    output.copyMemory(from: UnsafeRawBufferPointer(rebasing: plain[part]))
    pending = part.upperBound..<pending.upperBound
    return part.count
  }
}
