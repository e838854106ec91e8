internal import Store

/// Compresses in several threads: each chunk of the stream becomes a gzip member or a zstd frame of its
/// own, and they come out in order.
///
/// Chunks are of fixed size, so that the bytes are the same whatever the number of threads. The
/// calling thread fills the chunks and writes the results; it waits when all buffers are full.
final class ParallelEncoder: LayerEncoder {
  private let sink: any BlobSink
  private let ring: ChunkRing
  private var threads: [RunningThread] = []
  private var isUnused = true

  /// Starts the threads.
  ///
  /// - Parameters:
  ///   - sink: Where the results go.
  ///   - workers: How many threads.
  ///   - make: Makes the compressor of one thread.
  /// - Throws: What `make` throws; ``SyscallError``.
  init<Compressor: ChunkCompressor>(
    _ sink: any BlobSink, workers: Int, _ make: () throws -> Compressor
  ) throws {
    self.sink = sink
    let ring = ChunkRing(
      slots: workers * 2 + 1, inputSize: Compressor.chunkSize,
      outputSize: Compressor.largestResult)
    self.ring = ring
    for _ in 0..<workers {
      let compressor = try make()
      threads.append(RunningThread(try WorkerThread { Self.work(ring, compressor) }))
    }
  }

  deinit { stop() }

  func nextBuffer() throws -> UnsafeMutableRawBufferPointer {
    while ring.isFull { try writeNext() }
    return ring.inputOfNext
  }

  func commit(_ count: Int) throws {
    isUnused = false
    ring.submit(count)
    while ring.isNextReady { try writeNext() }
  }

  func finish() throws {
    // Even nothing at all is a member, or a frame.
    if isUnused { try commit(0) }
    while !ring.isEmpty { try writeNext() }
    stop()
  }

  private func writeNext() throws {
    guard let chunk = ring.waitForNext() else {
      throw EncodingError(reason: "a chunk cannot be compressed")
    }
    try sink.write(chunk)
    ring.releaseNext()
  }

  private func stop() {
    ring.stop()
    for thread in threads { thread.join() }
    threads.removeAll()
  }

  private static func work(_ ring: ChunkRing, _ compressor: some ChunkCompressor) {
    while let job = ring.take() {
      ring.complete(job, size: compressor.compress(job.input, into: job.output))
    }
  }
}

/// A thread that is kept until it is joined.
private final class RunningThread {
  private var thread: WorkerThread?

  init(_ thread: consuming WorkerThread) { self.thread = consume thread }

  func join() { thread.take()?.join() }
}
