/// Reads a blob and verifies it on the way: at most `size` bytes are hashed, then one more byte is
/// looked for.
///
/// A digest that differs is told before a size that differs (umoci-behaviour §7.4). Nothing that
/// was read may be trusted before ``finish()`` has returned.
public struct BlobReader: ~Copyable {
  private let file: OpenFile
  private let digest: Digest
  private let size: Int64
  private var hasher: ContentHasher
  private var position: Int64 = 0

  /// Reads an open file as the blob of a digest and a size in bytes.
  ///
  /// - Throws: ``BlobError/unsupportedAlgorithm(_:)``, and ``BlobError/hollow(_:size:)`` for what would be
  ///   read for ever.
  public init(
    _ file: consuming OpenFile, expecting digest: Digest, size: Int64
  ) throws(BlobError) {
    try file.requireContent(of: digest, size: size)
    do { hasher = try ContentHasher(digest.algorithm) } catch {
      throw .unsupportedAlgorithm(digest)
    }
    self.file = file
    self.digest = digest
    self.size = size
  }

  /// Reads the next bytes of the blob, unverified as yet.
  ///
  /// - Returns: The number of bytes; 0 after the last of the `size` bytes.
  public mutating func read(
    into buffer: UnsafeMutableRawBufferPointer
  ) throws(BlobError) -> Int {
    let wanted = Int(min(Int64(buffer.count), size - position))
    guard wanted > 0 else { return 0 }
    let count: Int
    do throws(SyscallError) {
      count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
    } catch {
      throw .system(error)
    }
    hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    position += Int64(count)
    return count
  }

  /// Verifies what was read; call it once, at the end.
  public mutating func finish() throws(BlobError) {
    var finished = ContentHasher.makeSHA256()
    swap(&finished, &hasher)
    let actual = finished.finalize()
    guard actual == digest else { throw .digestMismatch(expected: digest, actual: actual) }
    let length: Int64
    do throws(SyscallError) { length = try file.status().size } catch { throw .system(error) }
    guard position == size, length == size else {
      throw .sizeMismatch(digest, expected: size, actual: max(length, position))
    }
  }

  /// Reads and verifies the whole rest of a document.
  ///
  /// - Throws: ``BlobError/tooLarge(_:size:limit:)`` before anything is read when more is left than a
  ///   document may have.
  package mutating func readToEnd() throws(BlobError) -> [UInt8] {
    guard let count = Int(exactly: size - position),
      (0...BlobStore.maximumDocumentSize).contains(count)
    else {
      throw .tooLarge(digest, size: size, limit: Int64(BlobStore.maximumDocumentSize))
    }
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < bytes.count {
      let count = try fill(&bytes, from: filled)
      if count == 0 { break }
      filled += count
    }
    try finish()
    return bytes
  }

  private mutating func fill(_ bytes: inout [UInt8], from offset: Int) throws(BlobError) -> Int {
    var failure: BlobError?
    let count = bytes.withUnsafeMutableBytes { buffer in
      do throws(BlobError) {
        return try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[offset...]))
      } catch {
        failure = error
        return 0
      }
    }
    if let failure { throw failure }
    return count
  }
}
