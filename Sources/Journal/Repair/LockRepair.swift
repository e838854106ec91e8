public import Store

/// Putting aside what somebody has put in the place of `.ocitx/lock`.
public enum LockRepair {
  /// What to tell when it has done something.
  public static let note = "something was in the place of .ocitx/lock; it is in displaced/ now"

  /// Makes room for the lock file when something that is none is in its place, such as a folder.
  ///
  /// It becomes `.ocitx/displaced/unused-lock…`, and is never opened. Nobody can hold such a lock, so
  /// that none has to be taken.
  ///
  /// - Returns: Whether anything was in its place.
  public static func run(in layout: ImageLayout) throws(JournalError) -> Bool {
    do throws(SyscallError) {
      guard let folder = try layout.root.openIfThere(ControlFolder.name),
        let status = try folder.status(of: ControlFolder.Names.lock), status.kind != .regular
      else { return false }
    } catch {
      throw .system(error)
    }
    do throws(LayoutError) { try layout.checkOwnership() } catch { throw .layout(error) }
    do throws(SyscallError) {
      try putAside(in: layout.root.openDirectory(ControlFolder.name), layout.policy)
    } catch {
      throw .system(error)
    }
    return true
  }

  private static func putAside(
    in folder: OpenDirectory, _ policy: CreationPolicy
  ) throws(SyscallError) {
    let displaced = try folder.openOrCreateDirectory(
      ControlFolder.Names.displaced, policy: policy, "folder.create-part")
    var number = 1
    while try displaced.status(of: "unused-lock-\(number)") != nil { number += 1 }
    try folder.renameWithoutReplacing(
      ControlFolder.Names.lock, to: displaced, as: "unused-lock-\(number)",
      "repair.put-lock-aside")
  }
}
