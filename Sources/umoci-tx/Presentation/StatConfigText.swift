internal import Store

/// The config of an image in the words of umoci's `stat`.
enum StatConfigText {
  /// Adds everything but the descriptor.
  static func add(_ config: ImageConfig, to text: inout IndentedText) {
    if let created = config.created { text.add("Created: \(created)") }
    text.add("Author", config.author ?? "")
    text.add(config.platform, indent: 0)
    text.add("Image Config:")
    addRuntime(config, to: &text)
  }

  private static func addRuntime(_ config: ImageConfig, to text: inout IndentedText) {
    let escaped = config.argsEscaped ? " (escaped)" : ""
    text.add("User", config.user ?? "", indent: 1)
    text.add(list: "Entrypoint" + escaped, config.entrypoint, indent: 1)
    if config.command.isEmpty {
      text.add("Command\(escaped): (empty)", indent: 1)
    } else {
      text.add(list: "Command" + escaped, config.command, indent: 1)
    }
    text.add("Working Directory", ifPresent: config.workingDirectory, indent: 1)
    text.add(list: "Environment", config.environment, indent: 1)
    text.add("Stop Signal", ifPresent: config.stopSignal, indent: 1)
    if !config.exposedPorts.isEmpty { text.add("Exposed Ports", config.exposedPorts, indent: 1) }
    if !config.volumes.isEmpty { text.add("Volumes", config.volumes, indent: 1) }
    text.add(map: "Labels", config.labels, indent: 1)
  }
}
