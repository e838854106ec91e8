import Glibc
import Journal
import Store
import TestSupport
import Testing

@testable import umoci_tx

/// A layout with an image `a`, a folder of sources, and the tools to look at what becomes of them.
struct LayerRig {
  let folder: TestSupport.TemporaryDirectory
  var layout: String { folder("layout") }

  /// Makes the layout; `layers` are the media types of layers that the image has already.
  init(_ layers: [MediaType] = [], author: String? = "Ann") throws {
    folder = try TemporaryDirectory()
    let builder = try LayoutBuilder(at: folder("layout"))
    let blobs = try layers.map { try builder.addBlob("layer \($0)", mediaType: $0) }
    var config = ImageConfig(created: .fixed, platform: try Platform(parsing: "linux/amd64"))
    config.author = author
    for blob in blobs {
      config.appendDiffID(DiffID(blob.digest))
      config.appendHistory(HistoryEntry(createdBy: "\(blob.mediaType)"))
    }
    let descriptor = try builder.addBlob(config.serialized(), mediaType: .imageConfig)
    let manifest = ImageManifest(config: descriptor, layers: blobs)
    builder.tag("a", try builder.addBlob(manifest.serialized(), mediaType: .imageManifest))
    try builder.finish()
    try Files.makeDirectory(folder("src"))
    try Files.write("content", to: folder("src/file"))
    try Files.makeDirectory(folder("src/dir"))
    try Files.write("other", to: folder("src/dir/other"))
  }

  /// A path among the sources.
  func callAsFunction(_ name: String) -> String { folder("src/" + name) }

  /// Runs a command on the image; `name` is the command with its first words.
  func run(
    _ words: String..., tag: String = "a", environment: [String: String] = [:], dice: UInt8 = 8
  ) throws -> CapturedRun {
    let isRaw = words.first == "raw"
    let name = Array(words.prefix(isRaw ? 2 : 1))
    let rest = words.dropFirst(name.count)
    return try CapturedRun(
      name + ["--image", "\(layout):\(tag)", "--durability", "relaxed"] + rest,
      environment: environment, dice: dice)
  }

  /// Runs a command that must succeed.
  func succeed(
    _ words: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let isRaw = words.first == "raw"
    let name = Array(words.prefix(isRaw ? 2 : 1))
    let run = try CapturedRun(
      name + ["--image", "\(layout):a", "--durability", "relaxed"] + words.dropFirst(name.count),
      dice: 8)
    #expect(run.status == 0, "\(words): \(run.messages)", sourceLocation: sourceLocation)
  }

  /// The documents of a tag.
  func image(_ tag: String) throws -> (manifest: ImageManifest, config: ImageConfig) {
    let layout = try ImageLayout.open(layout)
    let entry = try #require(try layout.readIndex().index.entries(named: tag).first)
    let manifest = try ImageManifest(
      parsing: layout.blobs.readDocument(entry.descriptor), named: "manifest")
    let config = try ImageConfig(
      parsing: layout.blobs.readDocument(manifest.config), named: "config")
    return (manifest, config)
  }

  /// The uppermost layer of a tag.
  func layer(_ tag: String) throws -> Descriptor {
    try #require(try image(tag).manifest.layers.last)
  }

  /// The names in the uppermost layer of a tag, as GNU tar lists them.
  func names(_ tag: String) throws -> [String] {
    let blob = layout + "/blobs/" + BlobStore.relativePath(of: try layer(tag).digest)
    let outcome = try ExternalCommand.run(["tar", "--quoting-style=literal", "-taf", blob])
    let type = try layer(tag).mediaType.compressionSuffix
    if outcome.status == 0 { return lines(outcome.standardOutput) }
    let program = type == "zstd" ? "--zstd" : type == "gzip" ? "-z" : "--no-auto-compress"
    return lines(
      try ExternalCommand.run(
        ["tar", "--quoting-style=literal", program, "-tf", blob]
      ).standardOutput)
  }

  private func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }

  /// The tags with their digests.
  func tags() throws -> [String]? { try LayoutAudit.tags(of: layout) }

  /// What is wrong with the layout, staging leftovers included.
  func problems() throws -> [String] {
    try LayoutAudit.problems(of: layout)
  }
}
