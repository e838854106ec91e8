/// Why a tar stream could not be read.
public enum ArchiveError: Error, Equatable, Sendable {
  /// The stream is damaged or truncated; `reason` is the library's own text.
  case damaged(reason: String)
  /// A header that libarchive would ignore in part; `reason` is the library's own text.
  case malformedHeader(reason: String)
  /// A block of zeros, which ends an archive, is followed by something else.
  case dataAfterEndMarker
  /// A link, directory or special file claims to have content, so that the stream's meaning is
  /// ambiguous.
  case unexpectedContent(size: Int64)
  /// The map of a sparse file is out of order or leaves the file.
  case malformedSparseMap
  /// The content of a file is shorter or longer than its header says.
  case wrongLength(expected: Int64, actual: Int64)
  /// A field has a value that cannot be used, for example a negative user id.
  case invalidField(String)
  /// The headers of one entry, extended records and sparse maps included, are larger than allowed;
  /// `limit` is in bytes.
  case headerTooLarge(limit: Int)
  /// libarchive could not be set up.
  case unavailable(reason: String)
}

extension ArchiveError: CustomStringConvertible {
  /// The failure in one line.
  public var description: String {
    switch self {
    case .damaged(let reason): "the tar stream is damaged: \(reason)"
    case .malformedHeader(let reason): "a tar header is malformed: \(reason)"
    case .dataAfterEndMarker: "the tar stream goes on after a block that ends it"
    case .unexpectedContent(let size): "an entry that can have no content claims \(size) bytes"
    case .malformedSparseMap: "the map of a sparse file is malformed"
    case .wrongLength(let expected, let actual):
      "the content has \(actual) bytes where the header says \(expected)"
    case .invalidField(let name): "the header's \(name) is invalid"
    case .headerTooLarge(let limit): "the headers of an entry take more than \(limit) bytes"
    case .unavailable(let reason): "libarchive cannot be used: \(reason)"
    }
  }
}
