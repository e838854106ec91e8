extension ImageConfig {
  /// When the image was made; setting nil removes the member.
  public var created: Timestamp? {
    get { (try? json.timestamp("created")) ?? nil }
    set { set(newValue.map { JSONValue($0.description) }, for: "created") }
  }

  /// Who made the image; setting nil or an empty text removes the member.
  public var author: String? {
    get { json["author"]?.stringValue }
    set { json.set(newValue, for: "author", in: Self.memberOrder) }
  }

  /// The processor in Go's names; the member is written even if it is empty.
  public var architecture: String {
    get { json["architecture"]?.stringValue ?? "" }
    set { set(JSONValue(newValue), for: "architecture") }
  }

  /// The operating system in Go's names; the member is written even if it is empty.
  public var os: String {
    get { json["os"]?.stringValue ?? "" }
    set { set(JSONValue(newValue), for: "os") }
  }

  /// The variant of the processor; setting nil or an empty text removes the member.
  public var variant: String? {
    get { json["variant"]?.stringValue }
    set { json.set(newValue, for: "variant", in: Self.memberOrder) }
  }

  /// The version of the operating system; setting nil or an empty text removes the member.
  public var osVersion: String? {
    get { json["os.version"]?.stringValue }
    set { json.set(newValue, for: "os.version", in: Self.memberOrder) }
  }

  /// What the operating system must have; setting an empty list removes the member.
  public var osFeatures: [String] {
    get { (try? json.strings("os.features")) ?? [] }
    set {
      set(newValue.isEmpty ? nil : JSONValue(newValue.map { JSONValue($0) }), for: "os.features")
    }
  }

  /// What the image runs on.
  public var platform: Platform {
    Platform(
      os: os, architecture: architecture, variant: variant, osVersion: osVersion,
      osFeatures: osFeatures)
  }

  private mutating func set(_ value: JSONValue?, for name: String) {
    json.set(value, for: name, in: Self.memberOrder)
  }
}

/// The members of `config`: how a container of this image is run.
///
/// Setting an empty value removes the member; the `config` object itself always stays.
extension ImageConfig {
  static let runtimeOrder = [
    "User", "ExposedPorts", "Env", "Entrypoint", "Cmd", "Volumes", "WorkingDir", "Labels",
    "StopSignal", "ArgsEscaped",
  ]

  static func checkRuntimeSection(_ section: JSONObject) throws(DocumentError) {
    for name in ["User", "WorkingDir", "StopSignal"] { _ = try section.string(name) }
    for name in ["Env", "Entrypoint", "Cmd"] { _ = try section.strings(name) }
    for name in ["ExposedPorts", "Volumes"] { _ = try section.object(name) }
    _ = try section.annotations("Labels")
    _ = try section.bool("ArgsEscaped")
  }

  /// The user and group, as `user[:group]`.
  public var user: String? {
    get { runtimeSection["User"]?.stringValue }
    set { setRuntime(newValue, for: "User") }
  }

  /// The directory to start in.
  public var workingDirectory: String? {
    get { runtimeSection["WorkingDir"]?.stringValue }
    set { setRuntime(newValue, for: "WorkingDir") }
  }

  /// The signal that asks the container to stop.
  public var stopSignal: String? {
    get { runtimeSection["StopSignal"]?.stringValue }
    set { setRuntime(newValue, for: "StopSignal") }
  }

  /// The environment, each `NAME=value`.
  public var environment: [String] {
    get { runtimeStrings("Env") }
    set { setRuntime(newValue, for: "Env") }
  }

  /// The program and the arguments that always go to it.
  public var entrypoint: [String] {
    get { runtimeStrings("Entrypoint") }
    set { setRuntime(newValue, for: "Entrypoint") }
  }

  /// The default arguments.
  public var command: [String] {
    get { runtimeStrings("Cmd") }
    set { setRuntime(newValue, for: "Cmd") }
  }

  /// The ports to expose, sorted, such as `80/tcp`.
  public var exposedPorts: [String] {
    get { runtimeSet("ExposedPorts") }
    set { setRuntimeSet(newValue, for: "ExposedPorts") }
  }

  /// The paths of volumes, sorted.
  public var volumes: [String] {
    get { runtimeSet("Volumes") }
    set { setRuntimeSet(newValue, for: "Volumes") }
  }

  /// The labels.
  public var labels: Annotations {
    get { (try? runtimeSection.annotations("Labels")) ?? [:] }
    set { setRuntime(newValue.isEmpty ? nil : .object(newValue.json), for: "Labels") }
  }

  /// Sets a label, or removes it if `value` is nil; the other labels keep their bytes.
  public mutating func setLabel(_ key: String, to value: String?) {
    var object = runtimeSection["Labels"]?.objectValue ?? JSONObject()
    if let value { object.setSorted(JSONValue(value), for: key) } else { object.remove(key) }
    setRuntime(object.isEmpty ? nil : .object(object), for: "Labels")
  }

  /// Whether the command is already escaped (Windows).
  public var argsEscaped: Bool {
    get { runtimeSection["ArgsEscaped"]?.boolValue ?? false }
    set { setRuntime(newValue ? true : nil, for: "ArgsEscaped") }
  }

  /// The `config` object; empty if it is absent.
  public var runtimeSection: JSONObject { json["config"]?.objectValue ?? JSONObject() }

  private func runtimeStrings(_ name: String) -> [String] {
    (try? runtimeSection.strings(name)) ?? []
  }

  /// The names of a Go set, which is an object with empty objects as values.
  private func runtimeSet(_ name: String) -> [String] {
    let object = runtimeSection[name]?.objectValue ?? JSONObject()
    return object.effectiveMembers.map(\.name.text)
  }

  private mutating func setRuntime(_ text: String?, for name: String) {
    var section = runtimeSection
    section.set(text, for: name, in: Self.runtimeOrder)
    json.set(.object(section), for: "config", in: Self.memberOrder)
  }

  private mutating func setRuntime(_ list: [String], for name: String) {
    setRuntime(list.isEmpty ? nil : JSONValue(list.map { JSONValue($0) }), for: name)
  }

  /// Keeps the members that stay, with their values, and puts new ones where they sort.
  private mutating func setRuntimeSet(_ names: [String], for name: String) {
    let old = runtimeSection[name]?.objectValue ?? JSONObject()
    var values: [ExactText: JSONValue] = [:]
    for member in old.members { values[ExactText(member.name.text)] = member.value }
    let entries = Annotations(names.map { Annotations.Entry(key: $0, value: "") }).entries
    let members = entries.map { entry in
      JSONObject.Member(name: JSONString(entry.key), value: values[ExactText(entry.key)] ?? [:])
    }
    setRuntime(members.isEmpty ? nil : .object(JSONObject(members)), for: name)
  }

  private mutating func setRuntime(_ value: JSONValue?, for name: String) {
    var section = runtimeSection
    section.set(value, for: name, in: Self.runtimeOrder)
    json.set(.object(section), for: "config", in: Self.memberOrder)
  }
}
