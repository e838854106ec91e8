import Glibc
import Store
import TestSupport
import Testing

@testable import umoci_tx

/// A layout with an image, and a bundle of it that a test changes and repacks.
final class RepackRig {
  let rig: UnpackRig
  private var runs: UInt8 = 10
  /// How owners are mapped, as the options of `unpack`.
  let mapping: [String]

  /// Makes the layout and unpacks the bundle.
  init(
    _ layers: [[UInt8]] = [RepackRig.layer], config: JSONObject = [:], mapping: [String]? = nil
  ) throws {
    rig = try UnpackRig()
    self.mapping = mapping ?? UnpackRig.ownIDs
    try rig.image(layers, config: config)
    try unpack("latest", to: bundle)
  }

  /// A layer with a few files.
  static let layer = TarBuilder.make { tar in
    tar.directory("etc")
    tar.file("etc/one", "one\n")
    tar.file("etc/two", "two\n")
    tar.hardLink("etc/three", to: "etc/two")
    tar.symbolicLink("etc/link", to: "one")
    tar.directory("usr")
    tar.directory("usr/bin")
    tar.file("usr/bin/tool", "tool", mode: 0o4755)
    tar.directory("data")
    tar.file("data/kept", "kept")
  }

  var bundle: String { rig.bundle }
  var rootfs: String { bundle + "/rootfs" }
  var layout: String { rig.layout }

  /// Runs a shell script in the tree.
  func change(_ script: String) throws {
    let outcome = try ExternalCommand.run(["sh", "-c", script], in: rootfs)
    guard outcome.status == 0 else { throw TestFailure("\(script): \(outcome)") }
  }

  func repack(_ tag: String, _ options: [String] = []) throws -> CapturedRun {
    try run(["repack", "--image", "\(layout):\(tag)"] + options + [bundle])
  }

  /// Runs a command line, each with its own random numbers.
  func run(
    _ arguments: [String], environment: [String: String] = [:], isTerminal: Bool = false
  ) throws -> CapturedRun {
    runs &+= 1
    return try CapturedRun(
      arguments, environment: environment, isTerminal: isTerminal, dice: runs)
  }

  func unpack(_ tag: String, to path: String) throws {
    let run = try run(["unpack", "--image", "\(layout):\(tag)"] + mapping + [path])
    guard run.status == 0 else { throw TestFailure("unpack \(tag): \(run.messages)") }
  }

  /// Everything about the tree that a new bundle of a tag has.
  func factsOfNewBundle(_ tag: String) throws -> [String] {
    let path = rig.folder("again-\(tag)")
    try unpack(tag, to: path)
    defer { _ = try? ExternalCommand.run(["sh", "-c", "chmod -R u+rwx \(path); rm -rf \(path)"]) }
    return try RandomChanges.facts(of: path + "/rootfs")
  }

  /// The facts of the changed tree.
  func facts() throws -> [String] { try RandomChanges.facts(of: rootfs) }

  /// The names that the layer of the newest repack holds.
  func names(inLayerOf tag: String) throws -> [String] {
    let stat = try CapturedRun(["stat", "--image", "\(layout):\(tag)", "--json"])
    let root = try JSONDocument(
      parsing: Array(stat.output.utf8), limits: .blob, named: "stat"
    ).root
    let layers = root["manifest"]?["blob"]?["layers"]?.arrayValue?.elements ?? []
    let digest = layers.last?["digest"]?.stringValue?.dropFirst(7) ?? ""
    let tar = try ExternalCommand.run(
      ["sh", "-c", "tar tf \"$0\" || zcat \"$0\" | tar t", layout + "/blobs/sha256/" + digest])
    return tar.standardOutput.split(separator: "\n").map(String.init)
  }

  /// The digest that the bundle is based on, and its mtree files.
  func base() throws -> (manifest: String?, mtreeFiles: [String]) {
    let bytes = try Files.read(bundle + "/umoci.json")
    let root = try JSONDocument(parsing: bytes, limits: .blob, named: "umoci.json").root
    let walk = root["from_descriptor_path"]?["descriptor_walk"]?.arrayValue?.elements
    return (
      walk?.last?["digest"]?.stringValue,
      try Files.names(in: bundle).filter { $0.hasSuffix(".mtree") }
    )
  }

  /// What the verifier complains about, but for the history that the first image does not have.
  var findings: [String] {
    LayoutVerifier.verify(at: layout).map(\.description).filter { !$0.hasPrefix("history-short") }
  }

  /// The digest of a tag.
  func digest(_ tag: String) throws -> String? {
    try ImageLayout.open(layout).readIndex().index.entries(named: tag).first?
      .descriptor.digest.description
  }
}

extension JSONValue {
  subscript(name: String) -> JSONValue? { objectValue?[name] }
}
