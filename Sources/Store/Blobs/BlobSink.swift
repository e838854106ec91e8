internal import Glibc

/// Where the content of a new blob goes, piece by piece.
///
/// Nothing that was written is durable, or has a name in the layout, before whoever gave the sink has
/// finished the blob.
public protocol BlobSink: AnyObject {
  /// Appends bytes.
  func write(_ bytes: UnsafeRawBufferPointer) throws(SyscallError)
}

/// Writes a blob to a staging area.
final class StagingSink: BlobSink {
  private var writer: BlobWriter?

  init(_ writer: consuming BlobWriter) {
    self.writer = consume writer
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws(SyscallError) { try writer?.write(bytes) }

  /// The writer, once; whoever kept the sink cannot write any more.
  func takeWriter() throws(BlobError) -> BlobWriter {
    guard let writer = writer.take() else {
      throw .system(SyscallError(call: "write", path: "staged blob", code: EBADF))
    }
    return writer
  }
}

/// Keeps nothing of a blob but its digest and its size, of one that is never made.
public final class DigestSink: BlobSink {
  private var hasher = ContentHasher.makeSHA256()
  /// The number of bytes so far.
  public private(set) var size: Int64 = 0

  /// Begins a blob.
  public init() {}

  /// Hashes bytes; never throws.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(SyscallError) {
    hasher.update(bytes)
    size += Int64(bytes.count)
  }

  /// The SHA-256 digest of all bytes; the sink begins anew.
  public func finish() -> Digest {
    var finished = ContentHasher.makeSHA256()
    swap(&finished, &hasher)
    return finished.finalize()
  }
}

extension StagingArea {
  /// Stages a blob that `body` writes piece by piece, in memory of constant size.
  ///
  /// Its content is on stable storage when this returns (full durability).
  ///
  /// - Throws: ``BlobError/system(_:)``, and what `body` throws: the stage then holds a part, which
  ///   nothing refers to.
  public func stage<Result>(
    algorithm: DigestAlgorithm = .sha256, writing body: (any BlobSink) throws -> Result
  ) throws -> (blob: StagedBlob, result: Result) {
    let sink = StagingSink(try makeWriter(algorithm: algorithm))
    let result = try body(sink)
    return (try finish(sink.takeWriter()), result)
  }
}
