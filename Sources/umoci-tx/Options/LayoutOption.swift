internal import ArgumentParser
internal import Glibc
internal import Store

/// `--layout PATH`, of the commands about a whole layout that umoci has too.
struct LayoutOption: ParsableArguments {
  @Option(
    help: ArgumentHelp("The folder of the image layout.", valueName: "path"),
    completion: .directory)
  var layout: String?

  /// The layout's path.
  func path() throws(UsageError) -> String {
    guard let layout else {
      throw .missing("--layout", hint: "name the layout's folder: `--layout PATH`")
    }
    return try Self.check(layout)
  }

  /// Refuses what cannot be the path of a layout.
  ///
  /// With a colon in it, it is one only when it is there: others have meant a tag.
  static func check(
    _ path: String, isThere: (String) -> Bool = { $0.withPath { access($0, F_OK) } == 0 }
  ) throws(UsageError) -> String {
    if path.isEmpty { throw .invalid("--layout", "the path is empty") }
    if let colon = path.firstIndex(of: ":"), !isThere(path) {
      try ForeignNotation.check(path, "--layout")
      throw .invalid(
        "--layout", "there is no layout of that path, and none can be made with a colon in it",
        hint: colon == path.startIndex ? nil : "leave the tag out: `--layout \(path[..<colon])`")
    }
    return path
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
