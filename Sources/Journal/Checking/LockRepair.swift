public import Store

/// Putting aside what somebody has put in the place of `.ocitx/lock`.
public enum LockRepair {
  /// What to tell when it has done something.
  public static let note = "something was in the place of .ocitx/lock; it is in displaced/ now"

  /// Makes room for the lock file when something that is none is in its place, such as a folder.
  ///
  /// It becomes `.ocitx/displaced/unused-lock…`, and is never opened; durable when this returns (full
  /// durability). Nobody can hold such a lock, so that none has to be taken.
  ///
  /// - Returns: Whether anything was in its place.
  public static func run(
    in layout: ImageLayout, _ options: WritingOptions
  ) throws(JournalError) -> Bool {
    do throws(SyscallError) {
      guard let folder = try layout.root.openIfThere(ControlFolder.name),
        let status = try folder.status(of: ControlFolder.Names.lock), status.kind != .regular
      else { return false }
    } catch {
      throw .system(error)
    }
    do throws(LayoutError) { try layout.checkOwnership() } catch { throw .layout(error) }
    do throws(SyscallError) {
      return try putAside(
        in: layout.root.openDirectory(ControlFolder.name), layout.policy, options.durability)
    } catch {
      throw .system(error)
    }
  }

  /// - Returns: False when somebody has made the lock file meanwhile, and may hold it.
  private static func putAside(
    in folder: OpenDirectory, _ policy: CreationPolicy, _ durability: Durability
  ) throws(SyscallError) -> Bool {
    let displaced = try folder.openOrCreateDirectory(
      ControlFolder.Names.displaced, policy: policy, "folder.create-part")
    let aside = AsideFolder(folder: displaced, policy: policy, durability: durability)
    let saved = try aside.take(
      ControlFolder.Names.lock, from: folder, as: "unused-lock-1", "repair.put-lock-aside")
    if try displaced.status(of: saved)?.kind == .regular {
      try displaced.renameWithoutReplacing(
        saved, to: folder, as: ControlFolder.Names.lock, "repair.put-lock-back")
      return false
    }
    try durability.sync(folder, "repair.sync-folder")
    return true
  }
}
