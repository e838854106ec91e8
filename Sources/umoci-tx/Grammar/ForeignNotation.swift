internal import Store

/// The ways in which skopeo and its kin name images, `TRANSPORT:…`, where a layout's path is wanted.
enum ForeignNotation {
  private static let transports: Set<Substring> = [
    "oci", "oci-archive", "docker", "docker-archive", "docker-daemon", "containers-storage", "dir",
  ]

  /// Refuses what is named that way, with what to type instead.
  ///
  /// - Parameters:
  ///   - text: What an option was given; there is nothing of the name before its first colon.
  ///   - option: The option.
  static func check(_ text: String, _ option: String) throws(UsageError) {
    guard let colon = text.firstIndex(of: ":"), transports.contains(text[..<colon]) else { return }
    let rest = String(text[text.index(after: colon)...])
    if rest.isEmpty { return }
    let isArchive = text[..<colon].hasSuffix("archive")
    let words =
      text.hasPrefix("oci:")
      ? [option, option == "--layout" ? String(rest.prefix { $0 != ":" }) : rest]
      : ["skopeo", "copy", text, "oci:" + layout(rest, isArchive: isArchive)]
    let verb = text.hasPrefix("oci:") ? "write" : "copy it into a layout first:"
    throw .invalid(
      option, "\(text.prefix(120)) is skopeo's notation, and this is the path of a layout",
      hint: "\(verb) `\(TerminalText.commandLine(words))`")
  }

  /// A folder and a tag for what is elsewhere: `//docker.io/library/alpine:3` becomes `alpine:3`.
  private static func layout(_ text: String, isArchive: Bool) -> String {
    let name = text.split(separator: "/").last ?? "layout"
    let file = name.prefix { $0 != ":" }
    guard isArchive, file.hasSuffix(".tar") else { return String(name) }
    return String(file.dropLast(4)) + name[file.endIndex...]
  }
}
