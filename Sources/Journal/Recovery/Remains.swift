internal import Store

/// What dead processes have left, found without the lock and without changing anything: two folders
/// are listed, which are empty nearly always.
struct Remains {
  /// Whether recovery has anything to do; old as soon as it is known.
  let areThere: Bool

  /// Looks for announcements that nobody holds, and for stages without one.
  init(of control: ControlFolder, _ storage: any JournalStorage) throws(JournalError) {
    let announced = try storage.announcements()
    let stages = try control.system { () throws(SyscallError) in try control.stage.entryNames() }
    // One that is just being announced has no other trace yet; what cannot be looked at is for recovery to
    // complain about.
    let isDead = { (name: String) in
      !name.hasPrefix(".") && (try? storage.liveness(of: name)) == .dead
    }
    areThere = announced.contains(where: isDead) || !Set(stages).isSubset(of: announced)
  }
}
