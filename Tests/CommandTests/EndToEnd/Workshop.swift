import Store
import TestSupport
import Testing

/// A folder with a layout `L` that other tools could have made, and the built program.
///
/// The layout has images `a` and `b`, the two-platform index `multi`, and no journal.
final class Workshop {
  let folder: TemporaryDirectory

  init(withLayout: Bool = true, in base: String = "/tmp") throws {
    folder = try TemporaryDirectory(in: base)
    guard withLayout else { return }
    let builder = try LayoutBuilder(at: layout)
    builder.tag("a", try builder.addImage(["first"]))
    builder.tag("b", try builder.addImage(["second"]))
    let platforms = ["linux/amd64", "linux/arm64"]
    builder.tag(
      "multi",
      try builder.addIndex(
        platforms.map { try builder.addImage([$0], platform: $0).withPlatform($0) }))
    try builder.finish()
  }

  /// The layout's path.
  var layout: String { folder("L") }

  /// Runs the program in the folder.
  func run(
    _ arguments: [String], environment: [String: String] = [:], input: String = "",
    timeout: Int = 120
  ) throws -> ExternalCommand.Outcome {
    try ExternalCommand.run(
      [TraceRecorder.built("umoci-tx")] + arguments, in: folder.path,
      environment: environment, input: Array(input.utf8), timeout: timeout)
  }

  /// Runs the program, expects it to succeed and gives its standard output.
  @discardableResult
  func succeed(
    _ arguments: [String], input: String = "", sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    let outcome = try run(arguments, input: input)
    #expect(outcome.status == 0, "\(arguments): \(outcome)", sourceLocation: sourceLocation)
    return outcome.standardOutput
  }

  /// Runs the program with `--json`, expects it to succeed and parses what it says.
  @discardableResult
  func json(
    _ arguments: [String], input: String = "", sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> JSONObject {
    var arguments = arguments
    arguments.insert("--json", at: arguments.firstIndex(of: "--") ?? arguments.endIndex)
    let text = try succeed(arguments, input: input, sourceLocation: sourceLocation)
    let root = try JSONDocument(parsing: Array(text.utf8), limits: .index, named: "output").root
    return try #require(root.objectValue, sourceLocation: sourceLocation)
  }

  /// The digests of the tags, by their names.
  func tags() throws -> [String: Digest] {
    let entries = try ImageLayout.open(layout).readIndex().index.entries
    return entries.reduce(into: [:]) { tags, entry in
      if let name = entry.referenceName { tags[name] = entry.descriptor.digest }
    }
  }

  /// Everything in the folder.
  func listing() throws -> [String] { try Files.listing(folder.path) }

  /// Everything in the folder but the journal, which a write that fails may have begun.
  func images() throws -> [String] {
    try listing().filter { !$0.contains(".ocitx") }
  }

  /// What the verifier says about the layout.
  func findings() -> [LayoutFinding] { LayoutVerifier.verify(at: layout) }
}

extension JSONObject {
  /// The text at a path of members.
  func text(_ path: String...) -> String? { value(path)?.stringValue }

  /// The number of elements of an array at a path of members.
  func count(_ path: String...) -> Int? { value(path)?.arrayValue?.elements.count }

  private func value(_ path: [String]) -> JSONValue? {
    path.reduce(JSONValue.object(self)) { $0?.objectValue?[$1] }
  }
}
