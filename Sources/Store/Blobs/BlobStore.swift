/// The blobs of a layout: `blobs/<algorithm>/<encoded digest>`.
///
/// Symbolic links among them are read through, wherever they lead: what is read is verified anyway.
/// Nothing is ever written through one.
public final class BlobStore: Sendable {
  /// The folder `blobs`.
  public let directory: OpenDirectory
  let policy: CreationPolicy

  /// The largest document (manifest, config, index) that is read into memory, in bytes.
  public static let maximumDocumentSize = 16 << 20

  /// How long a document that another tool is just writing is waited for, in milliseconds.
  package static let patience: UInt32 = 1000

  init(_ directory: OpenDirectory, policy: CreationPolicy) {
    self.directory = directory
    self.policy = policy
  }

  /// The path of a blob below `blobs`.
  public static func relativePath(of digest: Digest) -> String {
    digest.algorithm.name + "/" + digest.encoded
  }

  /// The status of a blob's file, at the end of symbolic links; nil when there is none.
  public func status(of digest: Digest) throws(SyscallError) -> FileStatus? {
    do throws(SyscallError) {
      return try directory.status(of: Self.relativePath(of: digest), followingLinks: true)
    } catch {
      // A link to itself: something is there, and it is no file.
      guard error.isLinkLoop else { throw error }
      return try directory.status(of: Self.relativePath(of: digest))
    }
  }

  /// Whether a blob of that digest and size is there.
  ///
  /// Its content is not read.
  public func contains(_ digest: Digest, size: Int64) throws(SyscallError) -> Bool {
    guard let status = try status(of: digest) else { return false }
    return status.kind == .regular && status.size == size
  }

  /// Opens a blob, not verified.
  public func openUnverified(_ digest: Digest) throws(BlobError) -> OpenFile {
    do throws(SyscallError) {
      if let file = try directory.openRegularFile(Self.relativePath(of: digest)) { return file }
    } catch {
      if error.isNotFound { throw .missing(digest) }
      throw error.isLinkLoop || error.isSpecialFile ? .notAFile(digest) : .system(error)
    }
    throw .notAFile(digest)
  }

  /// Opens a blob for reading with verification of size and digest.
  public func reader(for descriptor: Descriptor) throws(BlobError) -> BlobReader {
    let file = try openUnverified(descriptor.digest)
    return try BlobReader(file, expecting: descriptor.digest, size: descriptor.size)
  }

  /// Reads a document whole and verifies it before anything of it is used.
  ///
  /// Data that is embedded in the descriptor is verified the same way and used instead of the
  /// file. Other tools truncate manifests in place: a blob that does not verify is read again for
  /// up to a second.
  ///
  /// - Throws: ``BlobError`` of the last try.
  public func readDocument(_ descriptor: Descriptor) throws(BlobError) -> [UInt8] {
    try readDocument(descriptor, patience: Self.patience)
  }

  /// Like ``readDocument(_:)``, with a time of its own for other tools to finish; milliseconds.
  package func readDocument(
    _ descriptor: Descriptor, patience: UInt32
  ) throws(BlobError) -> [UInt8] {
    if let data = try EmbeddedData.verified(in: descriptor) { return data }
    var waited: UInt32 = 0
    while true {
      do throws(BlobError) {
        var reader = try reader(for: descriptor)
        return try reader.readToEnd()
      } catch {
        guard error.mayBeInFlight, waited < patience else { throw error }
      }
      Pause.milliseconds(10)
      waited += 10
    }
  }
}

extension BlobError {
  /// Whether another tool may be writing the blob this very moment.
  fileprivate var mayBeInFlight: Bool {
    switch self {
    case .digestMismatch, .sizeMismatch: true
    default: false
    }
  }
}

extension DigestPrefix {
  /// The digests that begin so among the names below a folder with one folder for each algorithm.
  package func digests(below root: OpenDirectory) throws(SyscallError) -> [Digest] {
    var digests: [Digest] = []
    for algorithm in algorithms {
      do throws(SyscallError) {
        let folder = try root.openDirectory(algorithm.name, followingLinks: true)
        try folder.forEachEntry { name in
          guard name.hasPrefix(encoded) else { return }
          if let digest = try? Digest(parsing: "\(algorithm):\(name)") { digests.append(digest) }
        }
      } catch {
        guard error.isNotFound || error.isLinkLoop else { throw error }
      }
    }
    return digests
  }
}
