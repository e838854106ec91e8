internal import Store

extension Remedy {
  /// The sentence with the commands and options of this program, which ``CommandHints`` completes.
  var asTyped: String { text(\.asTyped) }
}

extension Remedy.Step {
  /// The command to type, or the part of one.
  fileprivate var asTyped: String {
    switch self {
    case .initialise(let layout): command("init --layout \(ShellQuoting.quoted(layout))")
    case .recover(let layout, let mode):
      command(
        "recover" + (layout.map { " --layout \(ShellQuoting.quoted($0))" } ?? "") + mode.option)
    case .createImage: command("new --help")
    case .removeTag(let tag): command("rm --image \(ShellQuoting.quoted("PATH:" + tag))")
    case .undo(let operation, let isForced):
      command("undo \(operation)" + (isForced ? " --force" : ""))
    case .redo: command("redo")
    case .previewRestore: command("restore --to @^ --dry-run")
    case .expireTrash: command("gc --prune")
    case .listTags: command("ls")
    case .listDigests: command("ls --all --long")
    case .listOperations(let tag):
      command("log" + (tag.map { " --tag \(ShellQuoting.quoted($0))" } ?? ""))
    case .listLeases: command("leases")
    case .dropLease(let operation): command("leases drop \(operation)")
    case .listSettings: command("settings")
    case .verify: command("verify")
    case .status: command("status")
    case .inspectImage: command("stat --image IMAGE")
    case .showDocument: command("cat --image IMAGE")
    case .unpack: "`unpack`"
    case .insert: "`insert`"
    case .execute: "`exec`"
    case .setEnvironment: "`config --clear=config.env --config.env NAME=VALUE`"
    case .setOperatingSystem: "`config --os linux`"
    case .setUser: "`config --config.user USER[:GROUP]`"
    case .nameLayout: "`--layout` or `--image`"
    case .platform(let platform): "`--platform \(platform)`"
    case .wholeIndex: "`--whole-index`"
    case .lockTimeout: "`--lock-timeout`"
    case .force: "`--force`"
    case .files: "`--files`"
    case .raiseLimit(let limit): limit.option
    case .mapOwner(let isUser): "--\(isUser ? "uid" : "gid")-map CONTAINER:HOST[:SIZE]"
    case .rootless: "--rootless"
    case .compressionLevel: "--compress-level"
    }
  }

  private func command(_ words: String) -> String { "`umoci-tx \(words)`" }
}

extension Remedy.Recovery {
  fileprivate var option: String {
    switch self {
    case .standard: ""
    case .adopting: " --adopt"
    case .acceptingIndex: " --accept-index"
    case .takingOver: " --take-over"
    }
  }
}

extension Remedy.ExtractionLimit {
  fileprivate var option: String {
    switch self {
    case .layerSize: "--max-layer-size BYTES"
    case .ratio: "--max-ratio NUMBER"
    case .entries: "--max-entries NUMBER"
    case .pathLength: "--max-path-length BYTES"
    case .pathDepth: "--max-path-depth NUMBER"
    case .attributeSize: "--max-xattr-size BYTES"
    case .headerSize: "--max-header-size BYTES"
    }
  }
}
