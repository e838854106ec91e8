internal import CZstd

/// Reads Zstandard with libzstd: any number of frames, skippable ones too, check sums verified.
///
/// Memory follows the window that a frame declares, up to the limit, but only as far as the frame's
/// data really fills it.
final class ZstdCodec: DecompressionCodec {
  /// The largest window by default: 128 MiB.
  ///
  /// That is what the zstd tool and its library accept when nobody asks for more (RFC 8878
  /// recommends 8 MiB at least), and what the tool's strongest level writes. Images in the wild stay
  /// far below it; the few made with `--long=29` need the larger limit on purpose.
  static let defaultWindowLog = 27
  /// The largest window that can be allowed: 512 MiB.
  static let largestWindowLog = 29

  private let context: OpaquePointer
  private let windowLog: Int
  private var isAtFrameEnd = false

  init(windowLog: Int = defaultWindowLog) throws(CompressionError) {
    self.windowLog = min(max(windowLog, 10), Self.largestWindowLog)
    guard let context = ZSTD_createDCtx() else { throw .outOfMemory(.zstd) }
    self.context = context
    ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Int32(self.windowLog))
  }

  deinit { ZSTD_freeDCtx(context) }

  func decode(
    _ input: UnsafeRawBufferPointer, isAll: Bool, into output: UnsafeMutableRawBufferPointer
  ) throws(CompressionError) -> (consumed: Int, produced: Int) {
    // Between frames a call without input would begin a frame that is not there.
    if isAtFrameEnd, input.isEmpty { return (0, 0) }
    var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    let hint = ZSTD_decompressStream(context, &target, &source)
    if ZSTD_isError(hint) != 0 { throw failure(hint) }
    isAtFrameEnd = hint == 0
    return (source.pos, target.pos)
  }

  func finish() throws(CompressionError) {
    if !isAtFrameEnd { throw .truncated(.zstd) }
  }

  private func failure(_ code: Int) -> CompressionError {
    switch ZSTD_getErrorCode(code) {
    case ZSTD_error_frameParameter_windowTooLarge: .windowTooLarge(limit: 1 << windowLog)
    case ZSTD_error_memory_allocation: .outOfMemory(.zstd)
    case ZSTD_error_prefix_unknown where isAtFrameEnd: .trailingGarbage(.zstd)
    default: .corrupt(.zstd, reason: String(cString: ZSTD_getErrorName(code)))
    }
  }
}
