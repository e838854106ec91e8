public import Store

/// What a runtime bundle needs of a layout: as long as the bundle is there, no garbage collection
/// may take the image that it was unpacked from, since a repack builds on it.
public struct Lease: Equatable, Sendable {
  /// The absolute path of the bundle.
  public let bundle: String
  /// The manifest of the image.
  public let manifest: Descriptor
  /// When the image was unpacked.
  public let created: Timestamp
  /// Who unpacked it.
  public let userName: String
  /// The host on which the path is meant.
  public let hostName: String
  /// The live file of the process that unpacks, or did.
  let holder: OperationID
}
