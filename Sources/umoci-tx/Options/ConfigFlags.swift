internal import ArgumentParser
internal import Mutations
internal import Store

/// What `config` sets; the names are umoci's.
struct ConfigFlags: ParsableArguments {
  @Option(name: .customLong("config.user"), help: ArgumentHelp("The user.", valueName: "user"))
  var user: String?

  @Option(
    name: .customLong("config.workingdir"),
    help: ArgumentHelp("The folder to start in.", valueName: "path"))
  var workingDirectory: String?

  @Option(
    name: .customLong("config.stopsignal"),
    help: ArgumentHelp("The signal that stops a container.", valueName: "signal"))
  var stopSignal: String?

  @Option(
    name: .customLong("config.exposedports"),
    help: ArgumentHelp("A port to expose; may be repeated.", valueName: "port"))
  var exposedPorts: [String] = []

  @Option(
    name: .customLong("config.env"),
    help: ArgumentHelp("A variable to set; may be repeated.", valueName: "name=value"))
  var environment: [String] = []

  @Option(
    name: .customLong("config.entrypoint"),
    help: ArgumentHelp(
      "A word of the new entrypoint; repeat it for each word.", valueName: "word"))
  var entrypoint: [String] = []

  @Option(
    name: .customLong("config.entrypoint-json"),
    help: ArgumentHelp("The new entrypoint as a JSON array.", valueName: "json"))
  var entrypointJSON: String?

  @Option(
    name: .customLong("config.cmd"),
    help: ArgumentHelp("A word of the new command; repeat it for each word.", valueName: "word"))
  var command: [String] = []

  @Option(
    name: .customLong("config.cmd-json"),
    help: ArgumentHelp("The new command as a JSON array.", valueName: "json"))
  var commandJSON: String?

  @Option(
    name: .customLong("config.volume"),
    help: ArgumentHelp("A volume to add; may be repeated.", valueName: "path"))
  var volumes: [String] = []

  @Option(
    name: .customLong("config.label"),
    help: ArgumentHelp("A label to set; may be repeated.", valueName: "name=value"))
  var labels: [String] = []

  @Option(
    name: .customLong("manifest.annotation"),
    help: ArgumentHelp(
      "An annotation of the manifest to set; may be repeated.", valueName: "name=value"))
  var annotations: [String] = []

  @Option(help: ArgumentHelp("When the image was made (RFC 3339).", valueName: "time"))
  var created: String?

  @Option(help: ArgumentHelp("Who made the image.", valueName: "name"))
  var author: String?

  /// The edits, in umoci's order, which is not that of the command line.
  func edits(_ platform: PlatformFlags) throws(UsageError) -> [ConfigEdit] {
    var edits: [ConfigEdit] = []
    if let created { edits.append(.created(try ConfigText.time(created, "--created"))) }
    if let author { edits.append(.author(author)) }
    edits += try platform.edits()
    if let user { edits.append(.user(user)) }
    if let stopSignal { edits.append(.stopSignal(stopSignal)) }
    if let workingDirectory { edits.append(.workingDirectory(workingDirectory)) }
    edits += ConfigText.list(exposedPorts).map { .exposePort($0) }
    for text in ConfigText.list(environment) {
      let (name, value) = try ConfigText.pair(text, "--config.env")
      edits.append(.setVariable(name, value))
    }
    if let list = try list(entrypoint, entrypointJSON, "--config.entrypoint") {
      edits.append(.entrypoint(list))
    }
    if let list = try list(command, commandJSON, "--config.cmd") { edits.append(.command(list)) }
    return try edits + namedEdits()
  }

  private func namedEdits() throws(UsageError) -> [ConfigEdit] {
    var edits: [ConfigEdit] = ConfigText.list(volumes).map { .addVolume($0) }
    for text in ConfigText.list(labels) {
      let (name, value) = try ConfigText.pair(text, "--config.label")
      edits.append(.setLabel(name, value))
    }
    for text in ConfigText.list(annotations) {
      let (name, value) = try ConfigText.pair(text, "--manifest.annotation")
      edits.append(.setAnnotation(name, value))
    }
    return edits
  }

  /// The words of a list that is replaced as a whole; nil when neither spelling is given.
  private func list(
    _ words: [String], _ json: String?, _ option: String
  ) throws(UsageError) -> [String]? {
    guard let json else { return words.isEmpty ? nil : ConfigText.list(words) }
    guard words.isEmpty else {
      throw UsageError("\(option) and \(option)-json are mutually exclusive")
    }
    return try ConfigText.strings(json, option + "-json")
  }
}

/// What `config` says about the platform of an image, in both of umoci's spellings.
struct PlatformFlags: ParsableArguments {
  @Option(
    name: .customLong("platform.os"),
    help: ArgumentHelp("The operating system.", valueName: "os"))
  var platformOS: String?

  @Option(help: ArgumentHelp("The same as `--platform.os`.", valueName: "os"))
  var os: String?

  @Option(
    name: .customLong("platform.arch"),
    help: ArgumentHelp("The processor, such as amd64.", valueName: "arch"))
  var platformArchitecture: String?

  @Option(help: ArgumentHelp("The same as `--platform.arch`.", valueName: "arch"))
  var architecture: String?

  @Option(
    name: .customLong("platform.variant"),
    help: ArgumentHelp("The variant of the processor, such as v8.", valueName: "variant"))
  var variant: String?

  @Option(
    name: .customLong("platform.os-version"),
    help: ArgumentHelp("The version of the operating system.", valueName: "version"))
  var osVersion: String?

  @Option(
    name: .customLong("platform.os-features"),
    help: ArgumentHelp(
      "What the system must have; repeat it for each feature, the list is replaced.",
      valueName: "feature"))
  var osFeatures: [String] = []

  /// The edits.
  func edits() throws(UsageError) -> [ConfigEdit] {
    var edits: [ConfigEdit] = []
    if let os = try one(platformOS, "--platform.os", os, "--os") { edits.append(.os(os)) }
    let name = try one(platformArchitecture, "--platform.arch", architecture, "--architecture")
    if let name { edits.append(.architecture(name)) }
    if let variant { edits.append(.variant(variant)) }
    if let osVersion { edits.append(.osVersion(osVersion)) }
    // One empty feature empties the list.
    if !osFeatures.isEmpty { edits.append(.osFeatures(osFeatures.filter { !$0.isEmpty })) }
    return edits
  }

  private func one(
    _ first: String?, _ firstName: String, _ second: String?, _ secondName: String
  ) throws(UsageError) -> String? {
    if first != nil, second != nil {
      throw UsageError("\(firstName) and \(secondName) are two spellings of one option")
    }
    return first ?? second
  }
}
