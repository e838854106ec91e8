internal import CDeflate

/// Makes gzip members with libdeflate, which holds the state of one thread.
///
/// Sendable without the compiler's proof: it is made in one thread and used in one other after that.
final class GzipCompressor: @unchecked Sendable {
  /// The longest member that a chunk can become, in bytes: that of one which cannot be compressed.
  static let largestMember = libdeflate_gzip_compress_bound(nil, LayerStream.chunkSize)

  private let compressor: OpaquePointer

  /// Makes a compressor.
  ///
  /// - Parameter level: 1 to 12.
  init(level: Int) throws(LayerGenerationError) {
    guard let compressor = libdeflate_alloc_compressor(Int32(level)) else {
      throw .unavailable(reason: "no memory for compressing")
    }
    self.compressor = compressor
  }

  deinit { libdeflate_free_compressor(compressor) }

  /// Makes a member, without a name or a time in its header; 0 when it does not fit.
  func compress(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> Int {
    libdeflate_gzip_compress(
      compressor, input.baseAddress, input.count, output.baseAddress, output.count)
  }
}
