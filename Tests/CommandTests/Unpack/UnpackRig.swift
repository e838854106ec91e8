import Glibc
import Store
import TestSupport
import Testing

/// Unpacking images that a test has put together, with a canary tree beside the bundle.
final class UnpackRig {
  let folder: TestSupport.TemporaryDirectory
  let builder: LayoutBuilder
  private let canaryBefore: [String]

  init() throws {
    folder = try TemporaryDirectory()
    builder = try LayoutBuilder(at: folder("image"))
    try Files.makeDirectory(folder("place/outside/dir"))
    try Files.write("canary", to: folder("place/outside/canary"))
    try Files.write("canary", to: folder("place/outside/dir/canary"))
    try Files.write("canary", to: folder("place/canary"))
    try Files.link(folder("place/outside/link"), to: "../canary")
    canaryBefore = try Files.listing(folder("place"))
  }

  var layout: String { folder("image") }
  var bundle: String { folder("place/bundle") }
  /// Whether there is nothing beside what was there at the beginning.
  func isPlaceUntouched() throws -> Bool { try Files.listing(folder("place")) == canaryBefore }

  /// Writes an image of plain layers and tags it.
  @discardableResult
  func image(
    _ layers: [[UInt8]], tag: String? = "latest", config: JSONObject = [:],
    platform: String = "linux/amd64"
  ) throws -> Descriptor {
    let manifest = try builder.addImage(tars: layers, config: config, platform: platform)
    if let tag {
      builder.tag(tag, manifest)
      try builder.finish()
    }
    return manifest
  }

  /// Runs a command of this program inside of the test.
  func run(_ arguments: String...) throws -> CapturedRun { try CapturedRun(arguments) }

  /// Unpacks `latest` into the bundle.
  func unpack(_ options: String...) throws -> CapturedRun {
    try CapturedRun(["unpack", "--image", layout] + Self.ownIDs + options + [bundle])
  }

  /// What makes a user without privileges the owner of everything.
  static var ownIDs: [String] {
    geteuid() == 0 ? [] : ["--uid-map", "0:\(geteuid())", "--gid-map", "0:\(getegid())"]
  }
}

/// The program as `swift build` made it.
enum BuiltProgram {
  static var path: String { TraceRecorder.built("umoci-tx") }

  @discardableResult
  static func run(
    _ arguments: [String], environment: [String: String] = [:], timeout: Int = 120
  ) throws -> ExternalCommand.Outcome {
    try ExternalCommand.run([path] + arguments, environment: environment, timeout: timeout)
  }
}
