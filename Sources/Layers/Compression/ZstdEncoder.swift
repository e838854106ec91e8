internal import CZstd
internal import Store

/// Compresses with libzstd and its own threads: one frame with a check sum.
final class ZstdEncoder: LayerEncoder {
  /// How much of the stream one thread takes at a time, in bytes: it is fixed, so that the frame is the
  /// same whatever the number of threads, and small enough for all of them to fit in memory.
  private static let jobSize: Int32 = 2 << 20

  private let sink: any BlobSink
  private let context: OpaquePointer
  private let input: UnsafeMutableRawBufferPointer
  private let output: UnsafeMutableRawBufferPointer

  init(
    _ sink: any BlobSink, level: Int, workers: Int
  ) throws(LayerGenerationError) {
    guard let context = ZSTD_createCCtx() else { throw .unavailable(reason: "no memory") }
    self.sink = sink
    self.context = context
    input = .allocate(byteCount: LayerStream.chunkSize, alignment: 4096)
    output = .allocate(byteCount: ZSTD_CStreamOutSize(), alignment: 4096)
    for (parameter, value) in [
      (ZSTD_c_compressionLevel, Int32(level)), (ZSTD_c_checksumFlag, 1),
      (ZSTD_c_nbWorkers, Int32(workers)), (ZSTD_c_jobSize, Self.jobSize),
    ] {
      let code = ZSTD_CCtx_setParameter(context, parameter, value)
      if ZSTD_isError(code) != 0 { throw Self.failure(code) }
    }
  }

  deinit {
    ZSTD_freeCCtx(context)
    input.deallocate()
    output.deallocate()
  }

  func nextBuffer() -> UnsafeMutableRawBufferPointer { input }

  func commit(_ count: Int) throws {
    var source = ZSTD_inBuffer(src: input.baseAddress, size: count, pos: 0)
    while source.pos < source.size { _ = try step(&source, ZSTD_e_continue) }
  }

  func finish() throws {
    var source = ZSTD_inBuffer(src: nil, size: 0, pos: 0)
    while try step(&source, ZSTD_e_end) > 0 {}
  }

  /// Compresses some, and says how much is left to be flushed at least.
  private func step(
    _ source: inout ZSTD_inBuffer, _ directive: ZSTD_EndDirective
  ) throws -> Int {
    var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    let rest = ZSTD_compressStream2(context, &target, &source, directive)
    if ZSTD_isError(rest) != 0 { throw Self.failure(rest) }
    if target.pos > 0 {
      try sink.write(UnsafeRawBufferPointer(rebasing: output[..<target.pos]))
    }
    return rest
  }

  private static func failure(_ code: Int) -> LayerGenerationError {
    .unavailable(reason: String(cString: ZSTD_getErrorName(code)))
  }
}
