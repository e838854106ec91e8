internal import ArgumentParser
internal import Glibc
internal import Store

/// `--layout PATH`, without which a command does not know what to make.
struct LayoutOption: ParsableArguments {
  @Option(
    help: ArgumentHelp("The folder of the image layout.", valueName: "path"),
    completion: .directory)
  var layout: String?

  /// The layout's path.
  func path() throws(UsageError) -> String { try Self.path(layout) }

  /// Refuses a command line without the option.
  static func path(_ layout: String?) throws(UsageError) -> String {
    guard let layout else {
      throw .missing("--layout", hint: "name the layout's folder: `--layout PATH`")
    }
    return try check(layout)
  }

  /// Refuses what cannot be the path of a layout: as in umoci a colon in its name, unless it is there.
  static func check(_ path: String) throws(UsageError) -> String {
    if path.isEmpty { throw .invalid("--layout", "the path is empty") }
    if let colon = path.firstIndex(of: ":"), access(path, F_OK) != 0 {
      try ForeignNotation.check(path, "--layout")
      let split = SplitPath(path)
      if !split.name.contains(":"), access(split.parent, F_OK) == 0 {
        return path
      }
      throw .invalid(
        "--layout", "a layout's path cannot contain a colon",
        hint: colon == path.startIndex ? nil : "leave the tag out: `--layout \(path[..<colon])`")
    }
    return path
  }
}

/// `--layout PATH` of the commands that umoci has too and that are about a layout that is there: it may be left
/// out inside of one.
struct PresentLayoutOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The folder of the image layout. (default: the current folder, if it is one)",
      valueName: "path"),
    completion: .directory)
  var layout: String?

  /// The layout's path.
  func path() throws(UsageError) -> String {
    let isInside = layout == nil && access(LayoutPaths.marker, F_OK) == 0
    return try LayoutOption.path(isInside ? "." : layout)
  }
}

/// `--layout PATH` of the commands about history, which default to the current folder.
struct CurrentLayoutOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The folder of the image layout. (default: the current folder)", valueName: "path"),
    completion: .directory)
  var layout: String?

  /// The layout's path.
  func path() throws(UsageError) -> String { try LayoutOption.check(layout ?? ".") }
}
