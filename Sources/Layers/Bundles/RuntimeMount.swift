internal import Store

/// A mount of a container (runtime-spec v1.0.2, config §mounts).
struct RuntimeMount: Equatable {
  let destination: String
  let type: String
  let source: String
  var options: [String] = []

  /// The mounts of every container (umoci-behaviour §6.1).
  static let defaults = [
    RuntimeMount(destination: "/proc", type: "proc", source: "proc"),
    RuntimeMount(
      destination: "/dev", type: "tmpfs", source: "tmpfs",
      options: ["nosuid", "strictatime", "mode=755", "size=65536k"]),
    RuntimeMount(
      destination: "/dev/pts", type: "devpts", source: "devpts",
      options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
    RuntimeMount(
      destination: "/dev/shm", type: "tmpfs", source: "shm",
      options: ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]),
    RuntimeMount(
      destination: "/dev/mqueue", type: "mqueue", source: "mqueue",
      options: ["nosuid", "noexec", "nodev"]),
    RuntimeMount(
      destination: "/sys", type: "sysfs", source: "sysfs",
      options: ["nosuid", "noexec", "nodev", "ro"]),
    RuntimeMount(
      destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup",
      options: ["nosuid", "noexec", "nodev", "relatime", "ro"]),
  ]

  /// The mount of a volume of an image.
  static func volume(_ destination: String) -> RuntimeMount {
    RuntimeMount(
      destination: destination, type: "tmpfs", source: "none",
      options: ["rw", "nosuid", "nodev", "noexec", "relatime"])
  }

  /// What remains of some mounts where nobody is privileged (umoci-behaviour §6.5).
  static func rootless(_ mounts: [RuntimeMount], _ resolver: HostResolver?) -> [RuntimeMount] {
    var mounts = mounts.filter { !$0.destination.utf8.starts(with: "/sys".utf8) }
    for index in mounts.indices {
      mounts[index].options.removeAll { $0.hasPrefix("gid=") || $0.hasPrefix("uid=") }
    }
    mounts.append(
      RuntimeMount(
        destination: "/sys", type: "bind", source: "/sys",
        options: ["rbind", "nosuid", "noexec", "nodev", "ro"]))
    if let resolver {
      mounts.append(
        RuntimeMount(
          destination: HostResolver.path, type: "bind", source: HostResolver.path,
          options: resolver.lockedOptions + ["rbind", "ro"]))
    }
    return mounts
  }

  var json: JSONValue {
    var json: JSONObject = [
      "destination": JSONValue(destination), "type": JSONValue(type), "source": JSONValue(source),
    ]
    if !options.isEmpty { json["options"] = JSONValue(options.map { JSONValue($0) }) }
    return .object(json)
  }
}
