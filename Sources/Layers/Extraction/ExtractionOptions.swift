/// How layers are extracted.
public struct ExtractionOptions: Sendable {
  /// How the owners that the layers name become owners on this host; rootless, they are kept in
  /// `user.rootlesscontainers` and device nodes become plain files.
  public var mapping: OwnershipMapping
  /// Whether a directory may be extracted through a symbolic link that leads to one.
  public var keepsDirectoryLinks: Bool
  /// What is taken for a bomb.
  public var limits: ExtractionLimits

  /// Options with every id unchanged unless told otherwise.
  public init(
    mapping: OwnershipMapping = .identity, keepsDirectoryLinks: Bool = false,
    limits: ExtractionLimits = ExtractionLimits()
  ) {
    self.mapping = mapping
    self.keepsDirectoryLinks = keepsDirectoryLinks
    self.limits = limits
  }
}
