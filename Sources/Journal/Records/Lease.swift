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
  /// The name that the host had; it identifies nothing.
  public let hostName: String
  /// Where the path is meant; nil when an earlier version has taken the lease.
  public let place: BundlePlace?
  /// The liveness lock of the process that unpacks, or did.
  let holder: OperationID

  /// By what people name it.
  public var id: String { holder.text }
}
