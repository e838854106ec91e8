internal import ArgumentParser
internal import Mutations
internal import Store

/// What `config` removes or patches, before it sets anything.
struct ConfigRemovalFlags: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Empty a whole part: config.labels, config.exposedports, config.env, config.volume, \
      config.cmd, config.entrypoint or manifest.annotations; may be repeated.
      """, valueName: "part"),
    completion: .list(ConfigSection.allCases.map(\.rawValue)))
  var clear: [String] = []

  @Option(
    help: ArgumentHelp(
      "Remove one entry of a part, such as config.env=DEBUG; may be repeated.",
      valueName: "part=name"))
  var unset: [String] = []

  @Option(
    help: ArgumentHelp(
      "A JSON merge patch for the config, from a file or - for standard input.",
      valueName: "file"),
    completion: .file())
  var patch: String?

  @Option(
    help: ArgumentHelp(
      "A JSON merge patch for the manifest, from a file or - for standard input.",
      valueName: "file"),
    completion: .file())
  var patchManifest: String?

  /// The edits: parts are emptied, then entries removed, then patches applied.
  func edits(reading folder: String) throws -> [ConfigEdit] {
    if patch == "-", patchManifest == "-" {
      throw UsageError("--patch and --patch-manifest cannot both read standard input")
    }
    var edits: [ConfigEdit] = try clear.map { .clear(try Self.clearable($0)) }
    edits += try unset.map(Self.unsetting)
    if let patch {
      edits.append(.patchConfig(try PatchFile.read(patch, in: folder, "--patch")))
    }
    if let patchManifest {
      edits.append(
        .patchManifest(try PatchFile.read(patchManifest, in: folder, "--patch-manifest")))
    }
    return edits
  }

  private static func clearable(_ text: String) throws(UsageError) -> ConfigSection {
    if let section = ConfigSection(rawValue: text) { return section }
    if text == "rootfs.diffids" {
      throw .invalid("--clear", "rootfs.diffids cannot be cleared: that is not safe")
    }
    throw unknownPart(text, "--clear")
  }

  private static func unsetting(_ text: String) throws(UsageError) -> ConfigEdit {
    guard let equals = text.firstIndex(of: "=") else {
      throw .invalid(
        "--unset", "\"\(text)\" names no entry", hint: "write PART=NAME, such as config.env=DEBUG")
    }
    let part = String(text[..<equals])
    let name = String(text[text.index(after: equals)...])
    if name.isEmpty { throw .invalid("--unset", "\"\(text)\" names no entry") }
    switch part {
    // The options that set an entry have their own spellings of these parts.
    case "config.label", "config.labels": return .unset(.labels, name)
    case "manifest.annotation", "manifest.annotations": return .unset(.annotations, name)
    case "config.volume", "config.env", "config.exposedports":
      if let section = ConfigSection(rawValue: part) { return .unset(section, name) }
      throw unknownPart(part, "--unset")
    default: throw unknownPart(part, "--unset")
    }
  }

  private static func unknownPart(_ text: String, _ option: String) -> UsageError {
    let names = ConfigSection.allCases.map(\.rawValue).filter {
      option == "--clear" || !["config.cmd", "config.entrypoint"].contains($0)
    }
    return .invalid(
      option, "there is no part \"\(text)\"", hint: "the parts are \(names.joined(separator: ", "))"
    )
  }
}
