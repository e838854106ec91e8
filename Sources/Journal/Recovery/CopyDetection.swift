internal import Store

/// Notices that a layout is a copy of another one, and lets its history go on under an id of its own;
/// docs/decisions/0041.
struct CopyDetection {
  let journal: LockedJournal

  private var session: Session { journal.session }
  private var database: JournalDatabase { journal.database }
  private var publisher: Publisher { Publisher(journal: journal) }

  /// Notices that the layout is a copy of another one, which gets a journal id of its own once what the
  /// original had begun is finished: those records are still the original's.
  ///
  /// - Returns: The id of the journal that it is a copy of; nil when it is none.
  func checkIdentity() throws(JournalError) -> String? {
    let identity = try lookAtIdentity()
    let stored = try LayoutIdentity(remembered: database)
    let id = try database.meta(MetaKey.storeID)
    guard let stored, let id, journal.head != nil || stored.isSameLayout(as: identity) else {
      try database.transaction { () throws(JournalError) in
        try identity.remember(in: database)
        try database.setMeta(MetaKey.storeID, id ?? session.control.format.storeID)
      }
      return nil
    }
    journal.storeID = id
    guard stored.isSameLayout(as: identity) else { return id }
    if id != session.control.format.storeID { try writeFormat(id) }
    if stored != identity {
      let now = try lookAtIdentity()
      try database.transaction { () throws(JournalError) in try now.remember(in: database) }
    }
    return nil
  }

  private func lookAtIdentity() throws(JournalError) -> LayoutIdentity {
    try session.system { () throws(SyscallError) in
      try LayoutIdentity(of: session.layout, session.control)
    }
  }

  /// Says in the history where the copy comes from.
  ///
  /// The record repeats the state that the history ends with, not what index.json says: what others
  /// have done to the copy is still to be reconciled.
  func fork(from origin: String) throws(JournalError) {
    guard let head = journal.head else { return }
    let id = StoreFormat.makeStoreID(randomBytes: session.invocation.randomBytes(16))
    journal.storeID = id
    let draft = Draft(by: session.invocation, .fork, details: ["copied_from": JSONValue(origin)])
    let finalised = publisher.finalisation.finalise(draft, repeating: head)
    let identity = try lookAtIdentity()
    try publisher.commit(finalised) { () throws(JournalError) in
      try identity.remember(in: database)
      try database.setMeta(MetaKey.storeID, id)
    }
    try writeFormat(id)
    journal.report.notes.append(
      "this layout is a copy: its history goes on by itself from here, as \(id.prefix(8))…;"
        + " nothing is lost, and the original is not touched")
  }

  private func writeFormat(_ id: String) throws(JournalError) {
    try session.system { () throws(SyscallError) in
      try ControlFolder.writeFormat(
        StoreFormat(storeID: id), in: session.control.directory, session.control.policy,
        session.durability)
    }
  }
}
