internal import CDeflate
internal import CZstd

/// Compresses chunks of a stream, each by itself, in a thread of its own.
protocol ChunkCompressor: Sendable {
  /// How long a chunk is that is not the last one, in bytes: fixed, so that the result does not depend on
  /// the number of threads.
  static var chunkSize: Int { get }
  /// The longest result that a chunk can have, in bytes: that of one which cannot be compressed.
  static var largestResult: Int { get }

  /// Compresses a chunk; 0 when that fails.
  func compress(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> Int
}

/// Makes gzip members with libdeflate, without a name or a time in their headers (RFC 1952 §2.2).
///
/// Sendable without the compiler's proof: it is made in one thread and used in one other after that.
final class GzipCompressor: ChunkCompressor, @unchecked Sendable {
  static let chunkSize = 1 << 20
  static let largestResult = libdeflate_gzip_compress_bound(nil, chunkSize)

  private let text: OpaquePointer
  private let programs: OpaquePointer

  /// Makes a compressor of level 1 to 12; nil chooses one for each chunk.
  init(level: Int?) throws(EncodingError) {
    text = try Self.make(level ?? GzipLevel.text)
    do throws(EncodingError) {
      programs = level == nil ? try Self.make(GzipLevel.programs) : text
    } catch {
      libdeflate_free_compressor(text)
      throw error
    }
  }

  private static func make(_ level: Int) throws(EncodingError) -> OpaquePointer {
    guard let compressor = libdeflate_alloc_compressor(Int32(level)) else {
      throw EncodingError(reason: "no memory for compressing")
    }
    return compressor
  }

  deinit {
    if programs != text { libdeflate_free_compressor(programs) }
    libdeflate_free_compressor(text)
  }

  func compress(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> Int {
    let compressor = programs == text || GzipLevel.isText(input) ? text : programs
    return libdeflate_gzip_compress(
      compressor, input.baseAddress, input.count, output.baseAddress, output.count)
  }
}

/// The level of libdeflate that suits a chunk when nobody has asked for one.
///
/// Level 2 makes programs as small as zlib's usual level does, in far less time; text wants the longer search
/// of level 3. docs/decisions has the figures. The choice depends on the chunk alone.
enum GzipLevel {
  static let text = 3
  static let programs = 2

  /// Whether a chunk is text, or so like it that searching longer pays.
  ///
  /// Text has hardly any of the control characters 1 to 6, of which machine code is full. Zeros do not
  /// count: archives pad with them.
  static func isText(_ chunk: UnsafeRawBufferPointer) -> Bool {
    var (seen, controls) = (0, 0)
    // A prime, so that no table of fixed rows is seen in one column.
    for place in stride(from: 0, to: chunk.count, by: 61) where chunk[place] != 0 {
      seen += 1
      if chunk[place] < 7 { controls += 1 }
    }
    return controls * 50 <= seen
  }
}

/// Makes zstd frames with libzstd, each with its size and a check sum (RFC 8878 §3.1).
///
/// Not with the library's own threads: Debian's static library has none.
///
/// Sendable without the compiler's proof: it is made in one thread and used in one other after that.
final class ZstdCompressor: ChunkCompressor, @unchecked Sendable {
  static let chunkSize = 2 << 20
  /// The level when nobody has asked for one.
  static let usualLevel = 3
  static let largestResult = ZSTD_compressBound(chunkSize)

  private let context: OpaquePointer

  /// Makes a compressor of level 1 to 19.
  init(level: Int) throws(EncodingError) {
    guard let context = ZSTD_createCCtx() else {
      throw EncodingError(reason: "no memory for compressing")
    }
    self.context = context
    for (parameter, value) in [
      (ZSTD_c_compressionLevel, Int32(level)), (ZSTD_c_checksumFlag, 1),
    ] {
      let code = ZSTD_CCtx_setParameter(context, parameter, value)
      guard ZSTD_isError(code) == 0 else {
        throw EncodingError(reason: String(cString: ZSTD_getErrorName(code)))
      }
    }
  }

  deinit { ZSTD_freeCCtx(context) }

  func compress(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> Int {
    let size = ZSTD_compress2(
      context, output.baseAddress, output.count, input.baseAddress, input.count)
    return ZSTD_isError(size) == 0 ? size : 0
  }
}
