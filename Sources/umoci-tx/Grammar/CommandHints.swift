internal import ArgumentParser
internal import Store

/// Commands of this program in messages, completed so that they run where they are pasted.
///
/// What a message has as `` `umoci-tx …` `` is such a command. It gets the layout as it was typed on the
/// command line that the message is about; `PATH` and `IMAGE` in it stand for the layout and the image.
struct CommandHints {
  /// The layout as it was typed; nil when it was not.
  var layout: String?
  /// The value of `--image` as it was typed; nil when it was not.
  var image: String?
  /// What the commands in messages are; nil when they are to stay as they are.
  private var commands: CommandTree?

  /// Knows nothing of a command line: leaves commands as they are.
  init() {}

  /// Takes the layout and the image from a normalised command line.
  init(_ words: [String], _ commands: CommandTree) {
    self.commands = commands
    for word in words.prefix(while: { $0 != "--" }) {
      if word.hasPrefix("--layout=") { layout = String(word.dropFirst(9)) }
      if word.hasPrefix("--image=") { image = String(word.dropFirst(8)) }
    }
    if layout == nil, let image {
      layout =
        (try? ImageAddress(parsing: image, now: .zero))?.path
        ?? String(image.prefix { $0 != ":" })
    }
  }

  /// A message whose commands are complete and have their words from `word`; the rest of it goes through
  /// `other`.
  func completed(
    _ text: String, word: (String) -> String = ShellQuoting.quoted,
    other: (String) -> String = { $0 }
  ) -> String {
    let parts = text.split(separator: "`", omittingEmptySubsequences: false).map(String.init)
    return parts.enumerated().map { index, part in
      // A quote that is not closed is none.
      guard index % 2 == 1, index < parts.count - 1, let words = Self.words(part) else {
        return other(part)
      }
      return completed(words).map(word).joined(separator: " ")
    }.joined(separator: "`")
  }

  /// The commands in a message, in words.
  static func commands(in text: String) -> [[String]] {
    let parts = text.split(separator: "`", omittingEmptySubsequences: false)
    return parts.enumerated().compactMap { index, part in
      index % 2 == 1 ? words(String(part)) : nil
    }
  }

  private static func words(_ text: String) -> [String]? {
    guard let words = try? ShellWords.split(text[...]), words.first == "umoci-tx" else {
      return nil
    }
    return words
  }

  private func completed(_ words: [String]) -> [String] {
    var words = words.map { word in
      if word == "IMAGE", let image { return image }
      guard let layout, word == "PATH" || word.hasPrefix("PATH:") else { return word }
      return layout + word.dropFirst(4)
    }
    let end = words.firstIndex(of: "--") ?? words.endIndex
    guard !words[..<end].contains(where: Self.saysWhere),
      let usage = commands?.command(words[1..<end])?.configuration.usage,
      usage.contains("--layout <path>"),
      let path = layout ?? (usage.contains("[--layout <path>]") ? nil : ".")
    else { return words }
    words.insert(contentsOf: ["--layout", path], at: end)
    return words
  }

  private static func saysWhere(_ word: String) -> Bool {
    ["--layout", "--image", "--help"].contains(word) || word.hasPrefix("--layout=")
      || word.hasPrefix("--image=")
  }
}
