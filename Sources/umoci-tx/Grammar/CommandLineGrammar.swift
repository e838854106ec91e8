/// The grammar of options that umoci's users know, brought into the form that the parser reads.
///
/// `-name` is `--name`; the word behind an option that takes a value is its value, whatever it looks
/// like; flags take `=true` and `=false`. Each option with its value becomes one word.
enum CommandLineGrammar {
  /// A command line after normalisation.
  struct Words: Equatable {
    /// What is said about logging, wherever it stood.
    var global: [String] = []
    /// Everything else.
    var command: [String] = []
  }

  /// The long options that take a value, the same in all commands.
  static let valueOptions: Set<String> = imageOptions.union([
    "at-op", "durability", "expect", "grace", "image", "layout", "limit", "lock-timeout", "log",
    "message", "since", "tag", "to", "generate-completion-script",
    "add-keywords", "file", "gid-map", "head", "kind", "manifest", "mask-path", "max-entries",
    "max-header-size", "max-layer-size", "max-path-depth", "max-path-length", "max-ratio",
    "max-xattr-size", "path", "platform", "progress", "remove-tag", "rootfs", "uid-map",
    "use-keywords", "who",
  ])

  /// The options whose value may be left out, and what they mean then; a value follows `=` only.
  static let optionalValues: [String: String] = ["prune": "now"]

  /// Those of the commands that edit images.
  private static let imageOptions: Set<String> = [
    "config.user", "config.workingdir", "config.stopsignal", "config.exposedports", "config.env",
    "config.entrypoint", "config.entrypoint-json", "config.cmd", "config.cmd-json",
    "config.volume", "config.label", "manifest.annotation", "created", "author", "platform.os",
    "os", "platform.arch", "architecture", "platform.variant", "platform.os-version",
    "platform.os-features", "clear", "unset", "patch", "patch-manifest", "history.author",
    "history.comment", "history.created", "history.created_by", "compress", "compress-level",
    "layer.annotation",
  ]

  /// The flags that take no value, the same in all commands.
  static let flags: Set<String> = [
    "accept-index", "adopt", "all", "deep", "dry-run", "files", "force", "full", "help", "json",
    "keep-dirlinks", "long", "no-history", "no-mask-volumes", "opaque", "refresh-bundle", "repair",
    "rootless", "take-over", "umoci-keywords", "verbose", "version", "whiteout", "whole-index",
    "help-hidden", "experimental-dump-help",
  ]

  /// One-letter options and the long ones that they stand for.
  private static let shortOptions: [Substring: String] = [
    "m": "message", "f": "manifest", "p": "path", "k": "use-keywords", "K": "add-keywords",
    "n": "limit", "l": "long", "a": "all",
  ]

  private static let globalOptions: Set<String> = ["log", "verbose"]

  /// Brings arguments, without the program's name, into the parser's form.
  static func normalize(_ arguments: [String]) -> Words {
    var words = Words()
    var rest = arguments[...]
    var negative: [String] = []
    while let word = rest.popFirst() {
      if word == "--" {
        words.command.append(word)
        words.command.append(contentsOf: rest)
        return words
      }
      if isNegative(word) {
        // As git's `log -10`; elsewhere a value, which the command refuses in its own words.
        if words.command.first == "log" {
          words.command.append("--limit=\(word.dropFirst())")
        } else {
          negative.append(word)
        }
        continue
      }
      guard let option = Option(parsing: word) else {
        if words.command.first == "exec" {
          // The tool, and what is the tool's.
          words.command += [word] + rest
          return words
        }
        words.command.append(words.command.isEmpty && word == "h" ? "help" : word)
        continue
      }
      if option.name == "v", words.command.isEmpty {
        words.command.append("--version")
        continue
      }
      let completed = option.completed(with: &rest) ?? [word]
      if globalOptions.contains(option.name) {
        words.global += completed
      } else {
        words.command += completed
      }
    }
    if !negative.isEmpty { words.command += ["--"] + negative }
    return words
  }

  /// Whether a word is a number below zero.
  private static func isNegative(_ word: String) -> Bool {
    word.utf8.count > 1 && word.hasPrefix("-")
      && word.utf8.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
  }

  /// How an option was typed in a command line that has it by its letter; nil when it was not.
  static func typed(_ long: String, in arguments: [String]) -> String? {
    shortOptions.first { $0.value == long }.map { "-\($0.key)" }.flatMap { short in
      arguments.contains { $0.hasPrefix(short) }
        && !arguments.contains { $0.hasPrefix("--" + long) }
        ? short : nil
    }
  }

  /// Whether it is an option by its whole name.
  private static func isKnown(_ name: Substring) -> Bool {
    let name = String(name)
    return valueOptions.contains(name) || flags.contains(name) || optionalValues[name] != nil
      || globalOptions.contains(name)
  }

  /// An option as it was typed.
  private struct Option {
    let name: String
    let value: Substring?

    init?(parsing word: String) {
      guard word.hasPrefix("-"), word != "-" else { return nil }
      let body = word.dropFirst(word.hasPrefix("--") ? 2 : 1)
      let equals = body.firstIndex(of: "=")
      let name = body[..<(equals ?? body.endIndex)]
      if !word.hasPrefix("--"), !isKnown(name), let letter = body.first,
        let attached = shortOptions[Substring(String(letter))], valueOptions.contains(attached),
        name.count > 1
      {
        // `-n10`: the value stands right behind the letter.
        self.name = attached
        value = body.dropFirst()
        return
      }
      self.name = word.hasPrefix("--") ? String(name) : shortOptions[name] ?? String(name)
      value = equals.map { body[body.index(after: $0)...] }
    }

    /// The option with its value, nothing when it is switched off; nil when it is not known.
    func completed(with rest: inout ArraySlice<String>) -> [String]? {
      if valueOptions.contains(name) {
        guard let value = value.map(String.init) ?? rest.popFirst() else { return ["--\(name)"] }
        // The parser takes `--name=` for an option whose value is missing.
        return value.isEmpty ? ["--\(name)", ""] : ["--\(name)=\(value)"]
      }
      if let meant = optionalValues[name] {
        // An empty value is a mistake, which the option's own reading tells.
        return value.map { $0.isEmpty ? ["--\(name)", ""] : ["--\(name)=\($0)"] }
          ?? ["--\(name)=\(meant)"]
      }
      guard flags.contains(name) else { return nil }
      switch value {
      case nil, "true", "1", "t", "T", "TRUE", "True": return ["--\(name)"]
      case "false", "0", "f", "F", "FALSE", "False": return []
      case .some: return nil
      }
    }
  }
}
