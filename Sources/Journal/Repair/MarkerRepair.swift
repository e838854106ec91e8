public import Store

/// Putting back `oci-layout`, whose content is the same in every layout.
///
/// Only where a journal says that the folder is a layout; in others a person has to decide.
public enum MarkerRepair {
  /// Replaces the marker of a layout when it is missing or damaged.
  ///
  /// The new one appears by rename, and is durable when this returns (full durability).
  ///
  /// - Returns: Whether it had to be replaced.
  public static func run(
    at path: String, durability: Durability = .full
  ) throws(LayoutError) -> Bool {
    do throws(LayoutError) {
      _ = try ImageLayout(opening: path)
      return false
    } catch {
      switch error {
      case .notALayout, .tornFile, .invalidDocument: break
      default: throw error
      }
      guard try replaced(path, durability) else { throw error }
    }
    // Anything else that is wrong with it shows now.
    _ = try ImageLayout(opening: path)
    return true
  }

  private static func replaced(
    _ path: String, _ durability: Durability
  ) throws(LayoutError) -> Bool {
    do throws(SyscallError) { return try replace(path, durability) } catch {
      throw .system(error)
    }
  }

  private static func replace(
    _ path: String, _ durability: Durability
  ) throws(SyscallError) -> Bool {
    let root = try OpenDirectory.open(path)
    let control = ControlFolder.name
    for name in [LayoutPaths.index, LayoutPaths.blobs, control + "/" + ControlFolder.Names.format]
    where try root.status(of: name) == nil {
      return false
    }
    if try root.status(of: LayoutPaths.marker)?.kind == .directory { return false }
    let policy = CreationPolicy(following: try root.status())
    let stage = try root.openDirectory(control).openDirectory(ControlFolder.Names.stage)
    let name = LayoutPaths.marker
    try stage.remove(name, "repair.remove-marker")
    let file = try stage.createFile(name, policy: policy, "repair.create-marker")
    try file.write(LayoutPaths.markerContent, "repair.write-marker")
    try durability.sync(file, "repair.sync-marker")
    try stage.rename(name, to: root, as: name, "repair.publish-marker")
    try durability.sync(root, "repair.sync-layout")
    return true
  }
}
