internal import Store

/// What a layout was like when a garbage collection found that nothing is left to do: while it is like that, another
/// one need not look.
///
/// Folders stand for their names, by their times: a blob that comes or goes changes them.
struct CollectionSignature: Equatable, Sendable {
  /// The row of the table `meta`.
  static let key = "collected"

  /// What it was like.
  let text: String
  /// What was in the trash.
  var trash = CollectionReport.Total()

  private init(text: String, trash: CollectionReport.Total) {
    self.text = text
    self.trash = trash
  }

  /// Looks at a layout.
  ///
  /// Needs no lock: whatever has come since is not in the folders' times, or changes them again.
  ///
  /// - Parameter base: Where the undo window begins. What counts is the first change since: all states
  ///   before it are the same.
  init(of locked: LockedJournal, base: Int64) throws(JournalError) {
    let (control, blobs) = (locked.session.control, locked.session.layout.blobs)
    var parts = ["3", locked.head?.hash.description ?? "", locked.current.digest.description]
    parts.append("\(try locked.database.firstEdit(after: base) ?? 0)")
    let refreshes = try locked.database.refreshes().map(\.lease)
    parts += (try locked.database.leases() + refreshes).map {
      "\($0.bundle.utf8.count):\($0.bundle)\($0.holder)\($0.manifest.digest)"
    }
    do throws(SyscallError) {
      parts += try Self.folders(of: blobs, keep: control.keep)
      try Self.add(control.trash, "trash", depth: 2, to: &parts)
    } catch {
      throw .system(error)
    }
    text = parts.joined(separator: " ")
  }

  /// The folders of blobs with their times.
  static func folders(
    of blobs: BlobStore, keep: OpenDirectory?
  ) throws(SyscallError) -> [String] {
    var parts: [String] = []
    try add(blobs.directory, "blobs", depth: 1, to: &parts)
    if let keep { try add(keep, "keep", depth: 1, to: &parts) }
    return parts
  }

  private static func add(
    _ folder: OpenDirectory, _ name: String, depth: Int, to parts: inout [String]
  ) throws(SyscallError) {
    let status = try folder.status()
    let (changed, modified) = (status.changeTime, status.modificationTime)
    parts.append(
      "\(name)=\(status.device)/\(status.inode)@\(changed.seconds).\(changed.nanoseconds)"
        + "/\(modified.seconds).\(modified.nanoseconds)")
    guard depth > 0 else { return }
    for name in try folder.entryNames()
    where try folder.status(of: name)?.kind == .directory {
      try add(folder.openDirectory(name), name, depth: depth - 1, to: &parts)
    }
  }
}

extension CollectionSignature {
  /// The signature that is remembered, if there is one.
  init?(remembered database: JournalDatabase) throws(JournalError) {
    guard let row = try database.meta(Self.key) else { return nil }
    let lines = row.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count == 3, let count = Int64(lines[1]), let bytes = Int64(lines[2]) else {
      return nil
    }
    self.init(text: String(lines[0]), trash: .init(count: count, bytes: ByteCount(bytes)))
  }

  /// Remembers it.
  ///
  /// Call it inside a transaction.
  func remember(in database: JournalDatabase) throws(JournalError) {
    // A bundle's path may have any byte in it.
    guard !text.contains("\n") else { return }
    try database.setMeta(Self.key, "\(text)\n\(trash.count)\n\(trash.bytes)")
  }
}
