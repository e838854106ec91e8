/// Why a tar stream could not be read.
public enum ArchiveError: Error, Equatable, Sendable {
  /// The stream is damaged or truncated.
  case damaged(reason: String)
  /// A header that cannot be read, or that no two programs read alike.
  case malformedHeader(reason: String)
  /// A block of zeros, which ends an archive, is followed by something else.
  case dataAfterEndMarker
  /// The map of a sparse file is out of order or leaves the file.
  case malformedSparseMap
  /// A field has a value that cannot be used, for example a negative user id.
  case invalidField(String)
  /// The headers of one entry, extended records and sparse maps included, are larger than allowed;
  /// `limit` is in bytes.
  case headerTooLarge(limit: Int)
}

extension ArchiveError: CustomStringConvertible {
  /// The failure in one line.
  public var description: String {
    switch self {
    case .damaged(let reason): "the tar stream is damaged: \(reason)"
    case .malformedHeader(let reason): "a tar header is malformed: \(reason)"
    case .dataAfterEndMarker: "the tar stream goes on after a block that ends it"
    case .malformedSparseMap: "the map of a sparse file is malformed"
    case .invalidField(let name): "the header's \(name) is invalid"
    case .headerTooLarge(let limit): "the headers of an entry take more than \(limit) bytes"
    }
  }
}
