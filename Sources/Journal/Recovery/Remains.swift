internal import Store

/// What dead processes have left, found without the lock and without changing anything: two folders
/// are listed, which are empty nearly always.
struct Remains {
  /// Whether recovery has anything to do; old as soon as it is known.
  let areThere: Bool

  /// Looks for announcements that nobody holds, and for stages without one.
  init(of control: ControlFolder) throws(JournalError) {
    do throws(SyscallError) {
      let live = try control.live.entryNames()
      let stages = try control.stage.entryNames()
      for name in live where try Self.isDead(name, in: control.live) {
        areThere = true
        return
      }
      areThere = !Set(stages).isSubset(of: live)
    } catch {
      throw .system(error)
    }
  }

  /// One that is just being announced has no other trace yet; what cannot be looked at is for
  /// recovery to complain about.
  private static func isDead(_ name: String, in live: OpenDirectory) throws(SyscallError) -> Bool {
    guard !name.hasPrefix("."), try live.status(of: name)?.kind == .regular else { return false }
    return (try? FileLock.isHeld(live.openFile(name))) == false
  }
}
