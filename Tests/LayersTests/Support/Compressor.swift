import CZlib
import CZstd
import Layers

/// Compresses what tests feed to the readers.
enum Compressor {
  static func compress(_ bytes: [UInt8], _ algorithm: CompressionAlgorithm) -> [UInt8] {
    switch algorithm {
    case .none: bytes
    case .gzip: gzip(bytes)
    case .zstd: zstd(bytes)
    }
  }

  static func gzip(_ bytes: [UInt8], level: Int32 = 6) -> [UInt8] {
    var stream = z_stream()
    deflateInit2_(
      &stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    defer { deflateEnd(&stream) }
    var input = bytes
    let room = Int(deflateBound(&stream, UInt(bytes.count))) + 64
    return [UInt8](unsafeUninitializedCapacity: room) { output, count in
      input.withUnsafeMutableBufferPointer {
        stream.next_in = $0.baseAddress
        stream.avail_in = UInt32($0.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(room)
        deflate(&stream, Z_FINISH)
      }
      count = room - Int(stream.avail_out)
    }
  }

  static func zstd(_ bytes: [UInt8], windowLog: Int32 = 0, checksum: Bool = true) -> [UInt8] {
    let context = ZSTD_createCCtx()
    defer { ZSTD_freeCCtx(context) }
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, checksum ? 1 : 0)
    if windowLog > 0 {
      ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, windowLog)
      // Without a content size the window is what was asked for, not what would be enough.
      ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0)
    }
    let room = ZSTD_compressBound(bytes.count) + 64
    return [UInt8](unsafeUninitializedCapacity: room) { output, count in
      bytes.withUnsafeBytes { source in
        var input = ZSTD_inBuffer(src: source.baseAddress, size: 0, pos: 0)
        var target = ZSTD_outBuffer(dst: output.baseAddress, size: room, pos: 0)
        if windowLog > 0 {
          // A first call without the end makes the frame one of unknown size.
          input.size = min(1, source.count)
          ZSTD_compressStream2(context, &target, &input, ZSTD_e_continue)
        }
        input.size = source.count
        ZSTD_compressStream2(context, &target, &input, ZSTD_e_end)
        count = target.pos
      }
    }
  }
}
