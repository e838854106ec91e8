public import Store

/// Why a root file system could not be extracted: in which layer, at which entry, for what reason.
public struct ExtractionError: Error, Sendable {
  /// The layer that failed; nil when it is about the root file system as a whole.
  public let layer: Layer?
  /// Where in the layer it failed.
  public let place: Place
  /// What went wrong.
  public let reason: Reason

  /// A place in the tar stream of a layer; names are as the layer has them.
  public enum Place: Equatable, Sendable {
    /// It is not about an entry.
    case unknown
    /// At an entry.
    case entry([UInt8])
    /// Where the entry after this one should begin.
    case after([UInt8])
  }

  /// Names a layer of an image.
  public struct Layer: Equatable, Sendable {
    /// Its place in the manifest, from 1.
    public let number: Int
    /// How many layers there are.
    public let count: Int
    /// The digest of its blob.
    public let digest: Digest
  }

  /// What went wrong.
  public enum Reason: Sendable {
    /// The entry was refused.
    case entry(EntryError)
    /// The tar stream is damaged.
    case archive(ArchiveError)
    /// The compressed stream is damaged.
    case compression(CompressionError)
    /// The layer demands more than is allowed.
    case limit(ExtractionLimits.Violation)
    /// The blob has another size than its descriptor says, in bytes.
    case wrongSize(expected: Int64, actual: Int64)
    /// The blob has another digest than its descriptor says.
    case wrongDigest(expected: Digest, actual: Digest)
    /// The uncompressed stream has another digest than the image config says.
    case wrongDiffID(expected: DiffID, actual: DiffID)
    /// A digest cannot be verified.
    case digest(DigestError)
    /// A system call failed.
    case syscall(SyscallError)
    /// It was asked to stop.
    case cancelled
    /// The blob could not be opened.
    case blob(any Error)
  }
}

extension ExtractionError: CustomStringConvertible {
  /// The failure in one line, without advice.
  public var description: String {
    var text = ""
    if let layer { text = "layer \(layer.number) of \(layer.count) (\(layer.digest)): " }
    switch place {
    case .unknown: break
    case .entry(let name): text += "entry \(printable(name)): "
    case .after(let name): text += "after entry \(printable(name)): "
    }
    return text + reason.description
  }
}

extension ExtractionError.Reason: CustomStringConvertible {
  /// The reason in one line.
  public var description: String {
    switch self {
    case .entry(let error): error.description
    case .archive(let error): error.description
    case .compression(let error): error.description
    case .limit(let violation): violation.description
    case .wrongSize(let expected, let actual):
      "verified reader size mismatch: the blob has \(actual) bytes instead of \(expected)"
    case .wrongDigest(let expected, let actual):
      "verified reader digest mismatch: the blob's digest is \(actual) instead of \(expected)"
    case .wrongDiffID(let expected, let actual):
      "diffid mismatch: got \(actual) expected \(expected)"
    case .digest(let error): error.description
    case .syscall(let error): error.description
    case .cancelled: "cancelled"
    case .blob(let error): "\(error)"
    }
  }

  /// Sorts an error of any part into a reason.
  init(_ error: any Error) {
    switch error {
    case let error as EntryError: self = .entry(error)
    case let error as ArchiveError: self = .archive(error)
    case let error as CompressionError: self = .compression(error)
    case let error as SyscallError: self = .syscall(error)
    case let error as DigestError: self = .digest(error)
    case let error as LayerNumbered: self = error.reason
    case let reason as LayerFailure: self = reason.reason
    default: self = .blob(error)
    }
  }
}

/// A reason on its way to where the layer is known.
struct LayerFailure: Error {
  let reason: ExtractionError.Reason
}
