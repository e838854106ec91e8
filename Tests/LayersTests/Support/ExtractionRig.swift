import CLinux
import Glibc
import Layers
import Store

/// A place to extract test layers to, with a canary tree beside the root file system.
final class ExtractionRig {
  let directory = TemporaryDirectory()
  var options = ExtractionOptions(
    mapping: OwnershipMapping(
      userMappings: [IDMapping(containerID: 0, hostID: geteuid())],
      groupMappings: [IDMapping(containerID: 0, hostID: getegid())]))
  private(set) var warnings: [ExtractionWarning] = []
  var isCancelled: () -> Bool = { false }
  var progress: [ExtractionProgress] = []
  private var canaryBefore: [String] = []

  var rootfs: String { directory("bundle/rootfs") }

  init() {
    for name in ["bundle", "bundle/rootfs", "outside", "outside/dir"] {
      mkdir(directory(name), 0o755)
    }
    Files.write(Array("canary".utf8), to: directory("outside/canary"))
    Files.write(Array("canary".utf8), to: directory("outside/dir/canary"))
    Files.write(Array("canary".utf8), to: directory("bundle/canary"))
    symlink("../outside", directory("outside/dir/link"))
    canaryBefore = canary
  }

  /// Another place with the same options.
  convenience init(like other: ExtractionRig) {
    self.init()
    options = other.options
  }

  private var canary: [String] {
    Files.snapshot(directory("outside")) + Files.names(directory("bundle"))
      + Files.snapshot(directory("bundle/canary"))
  }

  /// Whether nothing outside the root file system has changed.
  var isCanaryUnharmed: Bool { canary == canaryBefore }

  /// A layer's source from its uncompressed stream.
  func source(
    _ tar: [UInt8], _ algorithm: CompressionAlgorithm = .none
  ) throws -> LayerSource {
    try source(blob: Compressor.compress(tar, algorithm), algorithm, diffID: .sha256(of: tar))
  }

  /// A layer's source from its blob.
  func source(
    blob: [UInt8], _ algorithm: CompressionAlgorithm, diffID: Digest, digest: Digest? = nil,
    size: Int? = nil
  ) throws -> LayerSource {
    let types: [CompressionAlgorithm: MediaType] = [
      .none: .layer, .gzip: .layerGzip, .zstd: .layerZstd,
    ]
    let actual = Digest.sha256(of: blob)
    let path = directory(actual.encoded)
    Files.write(blob, to: path)
    return try LayerSource(
      descriptor: Descriptor(
        mediaType: types[algorithm] ?? .layer, digest: digest ?? actual,
        size: Int64(size ?? blob.count)),
      diffID: DiffID(diffID)
    ) {
      OpenFile(descriptor: clinux_open(path, O_RDONLY | O_CLOEXEC, 0), path: path)
    }
  }

  /// Extracts layers given by their uncompressed streams.
  @discardableResult
  func extract(_ layers: [[UInt8]]) throws -> ExtractedTree {
    try extract(sources: layers.map { try source($0) })
  }

  @discardableResult
  func extract(sources: [LayerSource]) throws -> ExtractedTree {
    var extraction = RootfsExtraction(
      layers: sources, options: options, spoolDirectory: directory.path)
    extraction.onWarning = { self.warnings.append($0) }
    extraction.onProgress = { self.progress.append($0) }
    extraction.isCancelled = { self.isCancelled() }
    return try extraction.run(into: try OpenDirectory.open(rootfs))
  }

  /// The error of extracting layers, or nil when they are accepted.
  func failure(_ layers: [[UInt8]]) throws -> ExtractionError? {
    try failure(sources: layers.map { try source($0) })
  }

  func failure(sources: [LayerSource]) throws -> ExtractionError? {
    do {
      try extract(sources: sources)
      return nil
    } catch let error as ExtractionError {
      return error
    }
  }

  func callAsFunction(_ name: String) -> String { rootfs + "/" + name }
}
