/// A folder on the layout's file system where one operation puts together what it will publish.
///
/// Whatever is in it may be removed when its owner is dead; nothing in a layout refers to it.
public final class StagingArea {
  /// The folder.
  public let directory: OpenDirectory
  package let policy: CreationPolicy
  /// How its files are synced.
  public let durability: Durability
  private(set) var blobs: [StagedBlob] = []
  private let prefix: String
  private var nextNumber = 0

  /// Makes a staging area of an existing folder; its files' names begin with `prefix`.
  public init(
    _ directory: OpenDirectory, policy: CreationPolicy, durability: Durability,
    prefix: String = "blob"
  ) {
    self.directory = directory
    self.policy = policy
    self.durability = durability
    self.prefix = prefix
  }

  /// The blobs staged so far.
  public var stagedBlobs: [StagedBlob] { blobs }

  /// Starts a new blob.
  public func makeWriter(
    algorithm: DigestAlgorithm = .sha256
  ) throws(BlobError) -> BlobWriter {
    let name = "\(prefix)-\(nextNumber)"
    nextNumber += 1
    do throws(SyscallError) {
      let file = try directory.createFile(name, policy: policy, "stage.create-blob")
      return try BlobWriter(file, name: name, algorithm: algorithm)
    } catch {
      throw .system(error)
    }
  }

  /// Finishes a blob: its content is on stable storage when this returns (full durability).
  ///
  /// - Throws: ``BlobError/system(_:)``; the blob must not be used then.
  public func finish(_ writer: consuming BlobWriter) throws(BlobError) -> StagedBlob {
    let blob: StagedBlob
    do throws(SyscallError) { blob = try writer.finish(durability) } catch { throw .system(error) }
    blobs.append(blob)
    return blob
  }

  /// Stages a blob that is in memory.
  ///
  /// See ``finish(_:)``.
  public func stage(
    _ bytes: [UInt8], algorithm: DigestAlgorithm = .sha256
  ) throws(BlobError) -> StagedBlob {
    var writer = try makeWriter(algorithm: algorithm)
    do throws(SyscallError) { try writer.write(bytes) } catch { throw .system(error) }
    return try finish(writer)
  }

  /// Takes a complete file of another folder on the same file system, verified, as a blob.
  ///
  /// Its content is synced (full durability). A digest that differs is an error.
  public func adopt(
    _ name: String, from folder: OpenDirectory, as digest: Digest
  ) throws(BlobError) -> StagedBlob {
    let staged = "\(prefix)-\(nextNumber)"
    nextNumber += 1
    let size: Int64
    do throws(SyscallError) {
      let file = try folder.openFile(name)
      size = try file.status().size
      try durability.sync(file, "stage.sync-adopted")
      try folder.link(name, to: directory, as: staged, "stage.adopt-blob")
    } catch {
      throw .system(error)
    }
    try BlobStore.verify(staged, in: directory, digest, size: size)
    let blob = StagedBlob(digest: digest, size: size, name: staged)
    blobs.append(blob)
    return blob
  }

  /// The staged blob of a digest, if there is one.
  public func blob(_ digest: Digest) -> StagedBlob? {
    blobs.first { $0.digest == digest }
  }
}

/// Writes one blob to a staging area, hashing on the way.
public struct BlobWriter: ~Copyable {
  private let file: OpenFile
  private let name: String
  private var hasher: ContentHasher
  private var size: Int64 = 0

  init(
    _ file: consuming OpenFile, name: String, algorithm: DigestAlgorithm
  ) throws(SyscallError) {
    do { hasher = try ContentHasher(algorithm) } catch {
      throw SyscallError(call: "hash", path: file.path, code: 95)
    }
    self.file = file
    self.name = name
  }

  /// Appends bytes.
  public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(SyscallError) {
    try file.write(bytes, "stage.write-blob")
    hasher.update(bytes)
    size += Int64(bytes.count)
  }

  /// Appends the bytes of an array.
  public mutating func write(_ bytes: [UInt8]) throws(SyscallError) {
    try file.write(bytes, "stage.write-blob")
    hasher.update(bytes)
    size += Int64(bytes.count)
  }

  consuming func finish(_ durability: Durability) throws(SyscallError) -> StagedBlob {
    try durability.sync(file, "stage.sync-blob")
    return StagedBlob(digest: hasher.finalize(), size: size, name: name)
  }
}
