import CLinux
import Glibc
import Layers
import Store
import Testing

/// Keeps a blob in memory.
final class MemorySink: BlobSink {
  private(set) var bytes: [UInt8] = []
  /// Called before each write, with the number of bytes so far.
  var onWrite: (Int) -> Void = { _ in }

  func write(_ piece: UnsafeRawBufferPointer) throws(SyscallError) {
    onWrite(bytes.count)
    bytes.append(contentsOf: piece)
  }
}

/// A tree on disk, and what a layer that is generated from it becomes.
final class GenerationRig {
  let folder = TemporaryDirectory()
  var options = LayerOptions(compression: LayerCompression(.none))
  private(set) var warnings: [LayerWarning] = []
  var isRootless: Bool { options.mapping.isRootless }

  /// The root of the tree.
  var tree: String { folder("tree") }

  init() { mkdir(tree, 0o755) }

  /// A path in the tree.
  func callAsFunction(_ name: String) -> String { tree + "/" + name }

  /// Generates a layer with what `body` adds.
  func generate(
    into sink: MemorySink = MemorySink(), _ body: (LayerGenerator) throws -> Void
  ) throws -> (blob: [UInt8], layer: GeneratedLayer) {
    warnings = []
    let generator = try LayerGenerator(into: sink, options) { self.warnings.append($0) }
    try body(generator)
    let layer = try generator.finish()
    return (sink.bytes, layer)
  }

  /// Generates a layer of the whole tree.
  func generate(
    into sink: MemorySink = MemorySink()
  ) throws -> (blob: [UInt8], layer: GeneratedLayer) {
    try generate(into: sink) {
      try $0.addTree(from: SourcePlace(tree), at: Array(".".utf8), isRootless: isRootless)
    }
  }

  /// Why a layer of the whole tree cannot be generated.
  func failure(into sink: MemorySink = MemorySink()) throws -> LayerGenerationError? {
    do {
      _ = try generate(into: sink)
      return nil
    } catch let error as LayerGenerationError {
      return error
    }
  }

  /// The entries of a layer of the whole tree.
  func entries() throws -> [TarReaderTests.Entry] { try TarReaderTests.read(generate().blob) }

  /// Extracts a layer; the rig tells where.
  func extract(
    _ result: (blob: [UInt8], layer: GeneratedLayer), mapping: OwnershipMapping? = nil
  ) throws -> ExtractionRig {
    let place = ExtractionRig()
    if geteuid() == 0 { place.options = ExtractionOptions(mapping: mapping ?? .identity) }
    try place.extract(sources: [
      place.source(
        blob: result.blob, options.compression.algorithm, diffID: result.layer.diffID.digest)
    ])
    return place
  }
}
