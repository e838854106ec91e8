public import Store

/// Putting aside what somebody has put in the place of `.ocitx/lock`.
public enum LockRepair {
  /// What to tell when it has done something.
  public static let note: Note =
    "something was in the place of .ocitx/lock; it is in displaced/ now"

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
      let folder = try layout.root.openDirectory(ControlFolder.name)
      return try AsideFolder(below: folder, layout.policy, options.durability).makeRoom(
        for: .regular, at: ControlFolder.Names.lock, in: folder, as: "unused-lock-1") != nil
    } catch {
      throw .system(error)
    }
  }
}
