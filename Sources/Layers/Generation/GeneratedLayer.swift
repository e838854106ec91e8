public import Store

/// What is known of a layer after it was generated, besides its blob.
public struct GeneratedLayer: Equatable, Sendable {
  /// The digest of the uncompressed stream.
  public let diffID: DiffID
  /// The size of the uncompressed stream in bytes.
  public let uncompressedSize: Int64
  /// The number of entries.
  public let entries: Int

  /// Tells about a layer.
  public init(diffID: DiffID, uncompressedSize: Int64, entries: Int) {
    self.diffID = diffID
    self.uncompressedSize = uncompressedSize
    self.entries = entries
  }
}

/// What could not be put in a layer as it is on disk.
public enum LayerWarning: Equatable, Sendable {
  /// An extended attribute without a value was left out: archives cannot tell it from none.
  case emptyAttribute(path: String, name: [UInt8])
  /// A socket was left out: it means nothing without the process behind it.
  case socket(path: String)
  /// The attribute that a rootless unpack keeps owners in is stored, since this is no rootless run.
  case ownerAttribute(path: String)
}

extension LayerWarning: CustomStringConvertible {
  /// The warning in one line.
  public var description: String {
    switch self {
    case .emptyAttribute(let path, let name):
      "\(printable(Array(path.utf8))): the extended attribute \(printable(name)) has no value and is left out"
    case .socket(let path): "\(printable(Array(path.utf8))) is a socket and is left out"
    case .ownerAttribute(let path):
      "\(printable(Array(path.utf8))) has an owner in user.rootlesscontainers, which is stored as it is;"
        + " a rootless repack would use it"
    }
  }
}
