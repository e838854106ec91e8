internal import ArgumentParser
internal import Glibc
internal import Layers

/// `--uid-map`, `--gid-map` and `--rootless`, as umoci has them.
struct MappingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Users of the image become others here; may be repeated.",
      valueName: "container:host[:size]"))
  var uidMap: [String] = []

  @Option(
    help: ArgumentHelp(
      "Groups of the image become others here; may be repeated.",
      valueName: "container:host[:size]"))
  var gidMap: [String] = []

  @Flag(
    help: "Work without privileges: everything belongs to you, owners are kept in attributes.")
  var rootless = false

  /// What the options ask for.
  ///
  /// - Throws: ``IDMappingError``.
  func mapping() throws -> OwnershipMapping {
    .fromOptions(
      userMappings: try uidMap.map { try IDMapping(parsing: $0) },
      groupMappings: try gidMap.map { try IDMapping(parsing: $0) },
      isRootless: rootless, callerUserID: geteuid(), callerGroupID: getegid())
  }
}
