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
    guard let control = try ControlFolder.find(in: layout) else { return false }
    do throws(LayoutError) { try layout.checkOwnership() } catch { throw .layout(error) }
    let name = ControlFolder.Names.lock
    do throws(SyscallError) {
      guard let status = try control.directory.status(of: name), status.kind != .regular else {
        return false
      }
      let displaced = try control.directory.openOrCreateDirectory(
        ControlFolder.Names.displaced, policy: control.policy, "folder.create-part")
      var number = 1
      while try displaced.status(of: "unused-lock-\(number)") != nil { number += 1 }
      try control.directory.renameWithoutReplacing(
        name, to: displaced, as: "unused-lock-\(number)", "repair.put-lock-aside")
      return true
    } catch {
      throw .system(error)
    }
  }
}
