import Store
import TestSupport
import Testing

/// A layout with one image `a` whose documents a test writes by hand, and the tools to look at it.
struct ImageFixture {
  let folder: TemporaryDirectory
  let path: String

  /// A config as Go's encoder writes it, without members that umoci would drop.
  static let plainConfig =
    #"{"created":"2020-01-02T03:04:05.6Z","author":"Ann","architecture":"amd64","os":"linux","#
    + #""config":{"User":"1:2","ExposedPorts":{"22/tcp":{},"80/tcp":{}},"#
    + #""Env":["PATH=/bin","B=2","C="],"Entrypoint":["/e","x"],"Cmd":["c","d"],"#
    + #""Volumes":{"/v":{}},"WorkingDir":"/w","Labels":{"a":"1","z":"2"},"StopSignal":"SIGINT"},"#
    + #""rootfs":{"type":"layers","diff_ids":[]},"#
    + #""history":[{"created":"2020-01-01T00:00:00+02:00","created_by":"x","empty_layer":true}]}"#

  /// A config that holds hardly anything.
  static let bareConfig =
    #"{"created":"2020-01-02T03:04:05Z","architecture":"arm64","os":"linux","config":{},"#
    + #""rootfs":{"type":"layers","diff_ids":[]}}"#

  init(_ config: String, annotations: String = #"{"k":"v","n":"m"}"#) throws {
    folder = try TemporaryDirectory()
    path = folder("layout")
    let builder = try LayoutBuilder(at: path)
    let descriptor = try builder.addBlob(config, mediaType: .imageConfig)
    let json = String(decoding: JSONValue.object(descriptor.json).serialized(), as: UTF8.self)
    let manifest = try builder.addBlob(
      #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","#
        + #""config":\#(json),"layers":[],"annotations":\#(annotations)}"#,
      mediaType: .imageManifest)
    builder.tag("a", manifest)
    try builder.finish()
  }

  /// Runs a command line whose operations have ids of their own.
  func run(
    _ arguments: [String], environment: [String: String] = [:], dice: UInt8 = 8
  ) throws -> CapturedRun {
    try CapturedRun(arguments, environment: environment, dice: dice)
  }

  /// The bytes of the manifest and the config of a tag.
  func documents(_ tag: String) throws -> (manifest: [UInt8], config: [UInt8]) {
    let layout = try ImageLayout.open(path)
    let entry = try #require(try layout.readIndex().index.entries(named: tag).first)
    let manifest = try layout.blobs.readDocument(entry.descriptor)
    let config = try ImageManifest(parsing: manifest, named: "manifest").config
    return (manifest, try layout.blobs.readDocument(config))
  }

  /// The config of a tag, parsed.
  func config(_ tag: String) throws -> JSONObject {
    let root = try JSONDocument(parsing: try documents(tag).config, named: "config").root
    return try #require(root.objectValue)
  }
}
