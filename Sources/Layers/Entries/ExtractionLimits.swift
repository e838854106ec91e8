/// How much a layer may demand before it is taken for a bomb.
///
/// The defaults let through every image that is known to be real and stop what would only fill a
/// disk or keep a machine busy. Each can be set.
public struct ExtractionLimits: Equatable, Sendable {
  /// The largest uncompressed layer, and the largest sum of the files it makes, in bytes.
  public var layerBytes: Int64 = 64 << 30
  /// The largest ratio of uncompressed to compressed bytes of a layer.
  ///
  /// It is asked for only beyond ``ratioThreshold``, since a small layer of zeros does no harm.
  public var ratio: Int64 = 250
  /// The number of uncompressed bytes of a layer up to which any ratio is fine.
  public var ratioThreshold: Int64 = 4 << 30
  /// The largest number of entries of all layers of an image.
  public var entries = 10_000_000
  /// The longest name of an entry in bytes; what Linux can take in one call (path_resolution(7)).
  public var pathLength = 4095
  /// The largest number of components of a name.
  public var pathDepth = 1024
  /// The longest value of one extended attribute in bytes, `XATTR_SIZE_MAX`.
  public var attributeSize = 65536
  /// The largest size of all extended attributes of an entry, names included, in bytes.
  public var attributesSize = 1 << 20
  /// The largest size of all headers of an entry in bytes: pax records, long names, sparse maps.
  ///
  /// A single extended header or long name of more than 1 MiB is refused whatever this says.
  public var headerSize = 2 << 20
  /// The binary logarithm of the largest window in bytes that a zstd frame may need, 10 to 29.
  public var zstdWindowLog = 27

  /// The default limits.
  public init() {}

  /// A limit that was exceeded.
  public enum Violation: Equatable, Sendable {
    /// The layer is larger than ``ExtractionLimits/layerBytes``.
    case layerBytes(limit: Int64)
    /// The layer grows by more than ``ExtractionLimits/ratio``.
    case ratio(limit: Int64)
    /// The image has more than ``ExtractionLimits/entries``.
    case entries(limit: Int)
    /// A name is longer than ``ExtractionLimits/pathLength``.
    case pathLength(limit: Int)
    /// A name has more components than ``ExtractionLimits/pathDepth``.
    case pathDepth(limit: Int)
    /// A component is longer than file systems can take, 255 bytes.
    case nameLength(limit: Int)
    /// An attribute is larger than ``ExtractionLimits/attributeSize``.
    case attributeSize(limit: Int)
    /// The attributes are larger than ``ExtractionLimits/attributesSize``.
    case attributesSize(limit: Int)
  }
}

extension ExtractionLimits.Violation: CustomStringConvertible {
  /// The violation in one line.
  public var description: String {
    switch self {
    case .layerBytes(let limit): "the layer unpacks to more than \(limit) bytes"
    case .ratio(let limit): "the layer unpacks to more than \(limit) times its compressed size"
    case .entries(let limit): "the image has more than \(limit) entries"
    case .pathLength(let limit): "the name is longer than \(limit) bytes"
    case .pathDepth(let limit): "the name has more than \(limit) components"
    case .nameLength(let limit): "a component of the name is longer than \(limit) bytes"
    case .attributeSize(let limit): "an extended attribute is larger than \(limit) bytes"
    case .attributesSize(let limit): "the extended attributes are larger than \(limit) bytes"
    }
  }
}
