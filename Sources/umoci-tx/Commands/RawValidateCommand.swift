internal import ArgumentParser
internal import Glibc
internal import Layers
internal import Store

/// `raw mtree-validate`: compares a tree with an mtree file.
struct RawValidateCommand: ContextualCommand {
  static let configuration = CommandConfiguration(
    commandName: "mtree-validate",
    abstract: "Compare a root file system with an mtree file.",
    usage: "umoci-tx raw mtree-validate --manifest <file> --path <dir> [<options>]",
    discussion: """
      Prints one line for each path that differs, sorted, and fails (1) if there is one. Every \
      file whose status is right is read. By default all keywords are compared that the mtree file \
      has.

      Example:
        umoci-tx raw mtree-validate -f bundle/sha256_….mtree -p bundle/rootfs
      """)

  @Option(
    name: [.customLong("manifest"), .customLong("file"), .customShort("f")],
    help: ArgumentHelp("The mtree file.", valueName: "file"), completion: .file())
  var manifest: String?

  @Option(
    name: [.customLong("path"), .customShort("p")],
    help: ArgumentHelp("The root of the tree.", valueName: "dir"), completion: .directory)
  var path: String?

  @Option(
    name: [.customLong("use-keywords"), .customShort("k")],
    help: ArgumentHelp("Compare these keywords only.", valueName: "list"))
  var useKeywords: String?

  @Option(
    name: [.customLong("add-keywords"), .customShort("K")],
    help: ArgumentHelp("Compare these keywords too.", valueName: "list"))
  var addKeywords: String?

  @Flag(help: "Compare the keywords that bundles have.")
  var umociKeywords = false

  @Flag(help: "Read what keeps its own owner out.")
  var rootless = false

  @OptionGroup var output: OutputOptions

  func run(in context: CommandContext) throws {
    let manifest = try required(manifest, "--manifest", hint: "name the mtree file")
    let path = try required(path, "--path", hint: "name the root of the tree")
    let chosen = try useKeywords.map { try MtreeKeyword.list(parsing: $0) }
    let additional = try MtreeKeyword.list(parsing: addKeywords ?? "")
    try requireThere(manifest, "--manifest", hint: "name the mtree file")
    try requireThere(path, "--path", hint: "name the root of the tree")
    let mtree = try MtreeFile(at: manifest)
    let keywords = try MtreeKeyword.forComparison(
      using: chosen ?? (umociKeywords ? MtreeKeyword.bundle : nil), adding: additional, to: mtree)
    let needsNames = keywords.contains(.uname) || keywords.contains(.gname)
    let differences = try mtree.differences(
      fromRootfs: path, keywords: keywords,
      names: needsNames ? UserLookup(rootfs: "/").ownerNames : .none, isRootless: rootless)
    try present(differences, context)
  }

  private func required(
    _ value: String?, _ option: String, hint: String
  ) throws(UsageError) -> String {
    guard let value else { throw .missing(option, hint: hint) }
    if value.isEmpty { throw .invalid(option, "the path is empty") }
    return value
  }

  private func requireThere(_ path: String, _ option: String, hint: String) throws {
    var status = stat()
    if path.withPath({ stat($0, &status) }) == 0 || errno != ENOENT && errno != ENOTDIR { return }
    throw MissingFile(option: option, path: path, hint: hint)
  }

  private func present(_ differences: [MtreeDifference], _ context: CommandContext) throws {
    if output.json {
      try context.output.document(["differences": JSONValue(differences.map(\.json))])
    } else {
      for difference in differences { try context.output.line(difference.description) }
    }
    if !differences.isEmpty { throw ValidationFailure(count: differences.count) }
  }
}

/// Nothing is where an option says.
struct MissingFile: HintingError, Equatable {
  let option: String
  let path: String
  let hint: String?

  var description: String { "\(option): there is nothing at \(path)" }
  var category: FailureCategory { .notFound }
  var causes: [String] { [] }
}

/// A tree is not what its mtree file says.
struct ValidationFailure: HintingError, Equatable {
  /// How many paths differ.
  let count: Int

  var description: String { "validation failed: \(count) differences found" }
  var category: FailureCategory { .different }
  var causes: [String] { [] }
  var hint: String? { "the lines on standard output name them" }
}

extension MtreeDifference {
  fileprivate var json: JSONValue {
    var object: JSONObject = ["path": JSONValue(String(decoding: path, as: UTF8.self))]
    switch kind {
    case .missing: object["kind"] = "missing"
    case .extra: object["kind"] = "extra"
    case .modified(let values):
      object["kind"] = "modified"
      object["values"] = JSONValue(values.map(Self.json))
    }
    return .object(object)
  }

  private static func json(_ value: Value) -> JSONValue {
    var object: JSONObject = ["keyword": JSONValue(value.keyword)]
    object["expected"] = value.expected.map { JSONValue($0) }
    object["found"] = value.found.map { JSONValue($0) }
    return .object(object)
  }
}
