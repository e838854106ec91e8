internal import CLinux
internal import Glibc
public import Store

/// The `config.json` of a bundle: how a container of an image is run (runtime-spec v1.0.2;
/// umoci-behaviour §6).
public struct RuntimeConfig: Sendable {
  /// The file's name in a bundle.
  public static let fileName = "config.json"

  /// The version of the specification that the file keeps to.
  ///
  /// It is what `--version` says too. umoci says 1.3.0, but nothing in the file is newer than this, and
  /// runtimes refuse versions that they do not know: crun 1.8 everything after 1.1.
  public static let specificationVersion = "1.0.2"

  /// What a configuration is made from.
  public struct Inputs: Sendable {
    /// The image.
    public var image: ImageConfig
    /// Whom the process runs as.
    public var user: ResolvedUser
    /// The path of the root file system, of which the last component is written.
    public var rootfsPath: String
    /// How owners are mapped.
    public var mapping: OwnershipMapping
    /// What the host tells its containers of name servers; only asked for when rootless.
    public var resolver: HostResolver?

    /// Names what a configuration is made from.
    public init(
      image: ImageConfig, user: ResolvedUser, rootfsPath: String, mapping: OwnershipMapping,
      resolver: HostResolver?
    ) {
      self.image = image
      self.user = user
      self.rootfsPath = rootfsPath
      self.mapping = mapping
      self.resolver = resolver
    }
  }

  /// The whole configuration.
  public let json: JSONObject

  /// Makes the configuration of an image.
  ///
  /// - Throws: ``BundleError/unsupportedOperatingSystem(_:)`` for an image that is not for Linux,
  ///   ``BundleError/malformedEnvironment(_:)``.
  public init(_ inputs: Inputs) throws(BundleError) {
    let image = inputs.image
    guard image.os == "linux" else { throw .unsupportedOperatingSystem(image.os) }
    let mounts = RuntimeMount.defaults + image.volumes.map(RuntimeMount.volume)
    let isRootless = inputs.mapping.isRootless
    var json: JSONObject = [
      "ociVersion": JSONValue(Self.specificationVersion),
      "process": .object(try Self.process(inputs)),
      "root": ["path": JSONValue(Self.lastComponent(of: inputs.rootfsPath))],
      "hostname": "umoci-default",
    ]
    let effective = isRootless ? RuntimeMount.rootless(mounts, inputs.resolver) : mounts
    json["mounts"] = JSONValue(effective.map(\.json))
    json["annotations"] = .object(Self.annotations(image).json)
    json["linux"] = .object(Self.linux(inputs.mapping))
    self.json = json
  }

  /// The bytes of the file, indented with tabs, with a newline at the end.
  public func serialized() -> [UInt8] {
    JSONValue.object(json).rendered(.tabs) + [UInt8(ascii: "\n")]
  }

  /// Writes the file, replacing what is in it.
  ///
  /// In place, so that the path may also be a device or a pipe. Not synced.
  ///
  /// - Throws: ``SyscallError``.
  public func write(to path: String) throws(SyscallError) {
    let point: FailPoint = "config.create"
    let descriptor = try point.perform("open", on: path) {
      path.withPath { Int(clinux_open($0, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)) }
    }
    let file = OpenFile(descriptor: Int32(descriptor), path: path)
    try file.write(serialized(), "config.write")
    try file.close()
  }

  /// As Go's `filepath.Base`: `.` of nothing, `/` of the root.
  private static func lastComponent(of path: String) -> String {
    guard !path.isEmpty else { return "." }
    return path.utf8.split(separator: UInt8(ascii: "/")).last
      .map { String(decoding: $0, as: UTF8.self) } ?? "/"
  }
}

// MARK: - The process

extension RuntimeConfig {
  private static func process(_ inputs: Inputs) throws(BundleError) -> JSONObject {
    let image = inputs.image
    let capabilities: JSONValue = ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"]
    let arguments = image.entrypoint + image.command
    return [
      "terminal": true, "user": .object(user(inputs)),
      "args": strings(arguments.isEmpty ? ["sh"] : arguments),
      "env": strings(try environment(image.environment, home: inputs.user.home)),
      "cwd": JSONValue(workingDirectory(image.workingDirectory ?? "")),
      "capabilities": [
        "bounding": capabilities, "effective": capabilities, "inheritable": capabilities,
        "permitted": capabilities, "ambient": capabilities,
      ],
      "rlimits": [["type": "RLIMIT_NOFILE", "hard": 1024, "soft": 1024]],
      "noNewPrivileges": true,
    ]
  }

  /// An absolute path, which runtimes ask for; a relative one begins at the root, as for Docker.
  private static func workingDirectory(_ path: String) -> String {
    if path.utf8.first == UInt8(ascii: "/") { return path }
    return "/" + String(decoding: PathMasks.cleaned(Array(path.utf8)), as: UTF8.self)
  }

  private static func user(_ inputs: Inputs) -> JSONObject {
    var user: JSONObject = [
      "uid": JSONValue(Int64(inputs.user.userID)), "gid": JSONValue(Int64(inputs.user.groupID)),
    ]
    let groups = inputs.user.additionalGroupIDs
    // Without privilege setgroups(2) is not allowed in a user namespace.
    if !groups.isEmpty, !inputs.mapping.isRootless {
      user["additionalGids"] = JSONValue(groups.map { JSONValue(Int64($0)) })
    }
    return user
  }

  /// The defaults, with the image's own variables in place of those of the same name.
  private static func environment(
    _ additions: [String], home: String?
  ) throws(BundleError) -> [String] {
    var variables = [
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm",
    ]
    var positions: [[UInt8]: Int] = [:]
    for (index, variable) in variables.enumerated() { positions[name(of: variable)] = index }
    for variable in additions {
      guard variable.utf8.contains(UInt8(ascii: "=")) else { throw .malformedEnvironment(variable) }
      if let index = positions[name(of: variable)] {
        variables[index] = variable
      } else {
        positions[name(of: variable)] = variables.count
        variables.append(variable)
      }
    }
    if let home, !home.isEmpty, positions[Array("HOME".utf8)] == nil {
      variables.append("HOME=" + home)
    }
    return variables
  }

  private static func name(of variable: String) -> [UInt8] {
    Array(variable.utf8.prefix { $0 != UInt8(ascii: "=") })
  }

  private static func strings(_ texts: [String]) -> JSONValue {
    JSONValue(texts.map { JSONValue($0) })
  }
}

// MARK: - Annotations and Linux

extension RuntimeConfig {
  private static func annotations(_ image: ImageConfig) -> Annotations {
    let prefix = "org.opencontainers.image."
    var annotations: Annotations = [:]
    let values: [(name: String, value: String?)] = [
      ("os", image.os), ("architecture", image.architecture), ("variant", image.variant),
      ("author", image.author), ("created", (image.created ?? .zero).description),
      ("stopSignal", image.stopSignal),
      ("exposedPorts", image.exposedPorts.joined(separator: ",")),
    ]
    for case (let name, let value?) in values where !value.isEmpty {
      annotations[prefix + name] = value
    }
    for label in image.labels.entries { annotations[label.key] = label.value }
    return annotations
  }

  private static func linux(_ mapping: OwnershipMapping) -> JSONObject {
    var linux: JSONObject = [:]
    if !mapping.userMappings.isEmpty {
      linux["uidMappings"] = JSONValue(mapping.userMappings.map(\.json))
    }
    if !mapping.groupMappings.isEmpty {
      linux["gidMappings"] = JSONValue(mapping.groupMappings.map(\.json))
    }
    if !mapping.isRootless {
      linux["resources"] = ["devices": [["allow": false, "access": "rwm"]]]
    }
    linux["namespaces"] = JSONValue(namespaces(mapping).map { ["type": JSONValue($0)] })
    linux["maskedPaths"] = strings([
      "/proc/kcore", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats",
      "/proc/sched_debug", "/sys/firmware", "/proc/scsi",
    ])
    linux["readonlyPaths"] = strings([
      "/proc/asound", "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger",
    ])
    return linux
  }

  private static func namespaces(_ mapping: OwnershipMapping) -> [String] {
    var namespaces = ["cgroup", "pid", "network", "ipc", "uts", "mount"]
    if mapping.isRootless { namespaces.removeAll { $0 == "network" } }
    let isMapped = !mapping.userMappings.isEmpty || !mapping.groupMappings.isEmpty
    return isMapped || mapping.isRootless ? namespaces + ["user"] : namespaces
  }
}
