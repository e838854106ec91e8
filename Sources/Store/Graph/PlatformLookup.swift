/// Finds out what images run on, reading a bounded number of small documents.
struct PlatformLookup {
  /// The most manifests that are read for the sake of their configs.
  static let maximumManifests = 256
  /// The most images whose damage is put up with; each may have been waited for.
  static let maximumFailures = 4
  /// The largest manifest or config that is read, in bytes.
  static let maximumSize: Int64 = 1 << 20

  private var manifests = 0
  private var failures = 0

  /// The platform that the descriptor names, or else the config of the image.
  ///
  /// - Returns: Nil when neither tells, or when it cannot be read; that is no error here.
  mutating func platform(of target: Descriptor, _ read: DocumentSource) -> Platform? {
    if let platform = target.platform, platform.isNamed { return platform }
    guard target.mediaType.isManifest, target.size <= Self.maximumSize,
      manifests < Self.maximumManifests, failures < Self.maximumFailures
    else { return nil }
    manifests += 1
    do {
      return try Self.configuredPlatform(of: target, read)
    } catch BlobError.missing {
      // A layout need not hold the images of every platform, and finding none takes no time.
      return nil
    } catch {
      failures += 1
      return nil
    }
  }

  private static func configuredPlatform(
    of target: Descriptor, _ read: DocumentSource
  ) throws -> Platform? {
    let name = target.digest.description
    let config = try ImageManifest(parsing: try read(target), named: name).config
    guard config.mediaType.isImageConfig, config.size <= maximumSize else { return nil }
    let bytes = try read(config)
    let platform = try ImageConfig(parsing: bytes, named: config.digest.description).platform
    return platform.isNamed ? platform : nil
  }
}

extension Platform {
  /// Whether it says anything.
  fileprivate var isNamed: Bool { !os.isEmpty || !architecture.isEmpty }
}
