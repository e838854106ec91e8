import Store
import TestSupport
import Testing

@testable import Layers

/// Random layers with whiteouts, links and replacements: unpack, `diff --files` and the checker agree on
/// them, and where in a layer its whiteouts stand means nothing.
struct RandomLayersTests {
  private struct Entry {
    var name: String
    var isWhiteout = false
    let add: (inout TarBuilder) -> Void
  }

  private static let names = ["a", "b", "c", "d"]

  private static func path(_ generator: inout SplitMix) -> String {
    let depth = Int.random(in: 1...3, using: &generator)
    return (0..<depth).map { _ in names.randomElement(using: &generator) ?? "a" }
      .joined(separator: "/")
  }

  private static func entry(_ generator: inout SplitMix, _ number: Int) -> Entry {
    let name = path(&generator)
    let folder = name.split(separator: "/").dropLast().map { $0 + "/" }.joined()
    let base = name.split(separator: "/").last ?? "a"
    switch Int.random(in: 0..<12, using: &generator) {
    case 0..<3: return Entry(name: name) { $0.file(name, "\(number)") }
    case 3..<6: return Entry(name: name) { $0.directory(name, time: Int64(number)) }
    case 6:
      let target = path(&generator)
      return Entry(name: name) { $0.symbolicLink(name, to: "/" + target) }
    case 7:
      let target = names.randomElement(using: &generator) ?? "b"
      return Entry(name: name) { $0.symbolicLink(name, to: target) }
    case 8:
      let target = path(&generator)
      return Entry(name: name) { $0.hardLink(name, to: target) }
    case 9:
      let opaque = folder + ".wh..wh..opq"
      return Entry(name: opaque, isWhiteout: true) { $0.file(opaque) }
    default:
      let whiteout = folder + ".wh." + base
      return Entry(name: whiteout, isWhiteout: true) { $0.file(whiteout) }
    }
  }

  private static func layers(_ seed: UInt64) -> [[Entry]] {
    var generator = SplitMix(announcing: seed)
    return (0..<Int.random(in: 1...3, using: &generator)).map { layer in
      (0..<Int.random(in: 1...12, using: &generator)).map { entry(&generator, layer * 100 + $0) }
    }
  }

  /// The stream of a layer whose whiteouts stand where they did, or all at the start, or at the end.
  private static func tar(_ entries: [Entry], whiteoutsFirst: Bool?) -> [UInt8] {
    var ordered = entries
    if let whiteoutsFirst {
      let whiteouts = entries.filter(\.isWhiteout)
      let others = entries.filter { !$0.isWhiteout }
      ordered = whiteoutsFirst ? whiteouts + others : others + whiteouts.reversed()
    }
    return TarBuilder.make { tar in for entry in ordered { entry.add(&tar) } }
  }

  /// What there is: a line for each path with all that both know of it.
  private static func listing(_ rootfs: ExtractedTree) -> [String] {
    var lines: [String] = []
    var path: [String] = []
    func line(_ entry: ExtractedEntry) -> String {
      let name = (path + [String(decoding: entry.name, as: UTF8.self)]).joined(separator: "/")
      let link = entry.linkTarget.map { String(decoding: $0, as: UTF8.self) } ?? ""
      let content =
        entry.kind == .regular ? "\(entry.size) \(String(describing: entry.contentHash))" : ""
      return "\(name) \(entry.kind) \(entry.permissions) \(link) \(content)"
    }
    rootfs.walk { step in
      switch step {
      case .enter(let entry, _):
        lines.append(line(entry))
        path.append(String(decoding: entry.name, as: UTF8.self))
      case .item(let entry): lines.append(line(entry))
      case .leave: path.removeLast()
      }
    }
    return lines
  }

  /// An image of these layers.
  private static func layout(_ tars: [[UInt8]], _ rig: ExtractionRig) throws -> ImageLayout {
    let builder = try LayoutBuilder(at: rig.directory("layout"))
    let layers = try tars.map { try builder.addBlob($0, mediaType: .layer) }
    var config = ImageConfig(created: nil, platform: try Platform(parsing: "linux/amd64"))
    for layer in layers { config.appendDiffID(DiffID(layer.digest)) }
    let manifest = ImageManifest(
      config: try builder.addBlob(config.serialized(), mediaType: .imageConfig), layers: layers)
    builder.tag("image", try builder.addBlob(manifest.serialized(), mediaType: .imageManifest))
    return try builder.finish()
  }

  /// What `diff --files` sees; nil when it refuses.
  private static func table(
    _ tars: [[UInt8]], _ layout: ImageLayout, _ rig: ExtractionRig
  ) throws -> [String]? {
    let table = try FileTable(spoolDirectory: rig.directory.path)
    for tar in tars {
      let layer = Descriptor(
        mediaType: .layer, digest: .sha256(of: tar), size: Int64(tar.count))
      do {
        try FileTable.add(
          layer, try layout.blobs.openVerifying(layer.digest, size: layer.size), to: [table])
      } catch is FileTableError {
        return nil
      }
    }
    // The owner and mode of the root are those of the folder that is unpacked into.
    return Array(listing(table.tree).dropFirst())
  }

  /// Whether the checker has nothing to say.
  private static func isSound(_ layout: ImageLayout) -> Bool {
    let examination = LayoutVerifier.examine(layout, notesFiles: false)
    let outcomes = examination.pending.map {
      BlobInspection($0, isDeep: true).run(in: layout.blobs) { _ in }
    }
    guard outcomes.allSatisfy({ $0.findings.isEmpty }) else { return false }
    guard outcomes.contains(where: \.needsImage) else { return true }
    return examination.images.allSatisfy { image in
      LayersInspection(image.map { examination.pending[$0] }).run(in: layout.blobs) == nil
    }
  }

  @Test func `unpack, diff and the checker agree, whatever the order of whiteouts`() throws {
    let seeds = (0..<UInt64(40 * TestEffort.factor)).map { TestEffort.seed &+ $0 }
    for seed in seeds {
      let layers = Self.layers(seed)
      var outcomes: [[String]?] = []
      for order in [nil, true, false] as [Bool?] {
        let tars = layers.map { Self.tar($0, whiteoutsFirst: order) }
        let rig = ExtractionRig()
        var found: [String]?
        do { found = Self.listing(try rig.extract(tars)) } catch is ExtractionError { found = nil }
        #expect(rig.isCanaryUnharmed, "seed \(seed)")
        let layout = try Self.layout(tars, rig)
        let seen = try Self.table(tars, layout, rig)
        #expect(found?.dropFirst().map { $0 } == seen, "seed \(seed)")
        if found == nil { #expect(!Self.isSound(layout), "seed \(seed)") }
        outcomes.append(found)
      }
      #expect(outcomes[1] == outcomes[0] && outcomes[2] == outcomes[0], "seed \(seed)")
    }
  }
}
