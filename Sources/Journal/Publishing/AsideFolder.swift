internal import Store

/// What is put aside for safety, in `displaced/`: records of no operation, damaged indexes, what had no
/// business in a place of ours.
///
/// Nothing of it is ever replaced or deleted by the program, and it is durable before whatever takes its
/// place is.
struct AsideFolder {
  let folder: OpenDirectory
  let policy: CreationPolicy
  let durability: Durability

  /// The one of a journal that is open.
  init(_ session: Session) {
    folder = session.control.displaced
    policy = session.control.policy
    durability = session.durability
  }

  /// The one of a journal's folder that cannot be opened as a whole; made when it is missing.
  init(
    below control: OpenDirectory, _ policy: CreationPolicy, _ durability: Durability
  ) throws(SyscallError) {
    folder = try control.openOrCreateDirectory(
      ControlFolder.Names.displaced, policy: policy, "folder.create-part")
    self.policy = policy
    self.durability = durability
  }

  /// Makes room for what belongs at a name, where something of another kind is; needs no lock, and is durable.
  ///
  /// - Returns: What it was and the name that it has got; nil when what belongs there has come meanwhile.
  func makeRoom(
    for kind: FileStatus.Kind, at name: String, in source: OpenDirectory, as wanted: String
  ) throws(SyscallError) -> (found: FileStatus.Kind, saved: String)? {
    guard let found = try source.status(of: name)?.kind, found != kind else { return nil }
    let saved = try take(name, from: source, as: wanted, "repair.put-aside")
    if try folder.status(of: saved)?.kind == kind {
      try folder.renameWithoutReplacing(saved, to: source, as: name, "repair.put-back")
      return nil
    }
    try durability.sync(source, "repair.sync-folder")
    return (found, saved)
  }

  /// Moves something here, under the wanted name or the next one that is free.
  ///
  /// It is durable here before the folder is synced that it came from.
  ///
  /// - Returns: The name that it has got.
  func take(
    _ name: String, from source: OpenDirectory, as wanted: String, _ point: FailPoint
  ) throws(SyscallError) -> String {
    let free = try freeName(wanted)
    try source.rename(name, to: folder, as: free, point)
    try sync()
    return free
  }

  /// Writes a copy, under the wanted name or the next one that is free, and makes it durable.
  ///
  /// - Returns: The name that it has got.
  func save(_ bytes: [UInt8], as wanted: String) throws(SyscallError) -> String {
    let free = try freeName(wanted)
    let file = try folder.createFile(
      free, policy: policy, "aside.create-copy")
    try file.write(bytes, "aside.write-copy")
    try durability.sync(file, "aside.sync-copy")
    try sync()
    return free
  }

  private func sync() throws(SyscallError) { try durability.sync(folder, "aside.sync-folder") }

  /// A name that nothing has yet.
  ///
  /// Whoever holds the writer lock is alone here.
  private func freeName(_ wanted: String) throws(SyscallError) -> String {
    let dot = wanted.lastIndex(of: ".") ?? wanted.endIndex
    var name = wanted
    var number = 1
    while try folder.status(of: name) != nil {
      number += 1
      name = "\(wanted[..<dot])-\(number)\(wanted[dot...])"
    }
    return name
  }
}
