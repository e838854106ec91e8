/// How much of a JSON text is accepted before reading it is refused.
///
/// The limits hold memory and time to a small multiple of `maximumBytes`, for any input.
public struct JSONLimits: Sendable, Equatable {
  /// The greatest accepted length of the text, in bytes.
  public var maximumBytes: Int

  /// The greatest accepted nesting of arrays and objects; a lone scalar has depth 0.
  public var maximumDepth: Int

  /// The greatest accepted number of values and member names together.
  public var maximumNodes: Int

  /// Limits with the given bounds.
  ///
  /// Values are brought into what the reader can represent: at most 2 GiB - 1, depth 1 to 256.
  public init(
    maximumBytes: Int = 64 << 20, maximumDepth: Int = 256, maximumNodes: Int = 8 << 20
  ) {
    self.maximumBytes = min(max(maximumBytes, 0), Int(Int32.max))
    self.maximumDepth = min(max(maximumDepth, 1), 256)
    self.maximumNodes = min(max(maximumNodes, 1), Int(Int32.max))
  }

  /// Limits for `index.json` and nested indexes: 64 MiB.
  public static let index = JSONLimits()

  /// Limits for manifests, image configurations and other single blobs: 16 MiB.
  public static let blob = JSONLimits(maximumBytes: 16 << 20, maximumNodes: 2 << 20)
}
