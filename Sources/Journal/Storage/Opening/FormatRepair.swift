public import Store

/// Putting back the file `.ocitx/format`, whose one line the database and the records know too.
public enum FormatRepair {
  /// Writes the line again when it is none of ours, or gone from a folder that has a history.
  ///
  /// One of a newer version is left alone. The new one appears by rename, and is durable when this
  /// returns (full durability).
  ///
  /// - Returns: Whether it had to be written.
  /// - Throws: ``JournalError/brokenRecord(_:reason:)`` when nothing knows the id of the journal.
  public static func run(
    in layout: ImageLayout, _ options: WritingOptions
  ) throws(JournalError) -> Bool {
    let directory: OpenDirectory
    do throws(SyscallError) { directory = try layout.root.openDirectory(ControlFolder.name) } catch
    {
      if error.isNotFound { return false }
      throw .system(error)
    }
    guard try isBroken(directory) else { return false }
    do throws(LayoutError) { try layout.checkOwnership() } catch { throw .layout(error) }
    let lock = try LockFile(directory: directory, policy: layout.policy).take(options.lockTimeout)
    defer { lock.release() }
    guard try isBroken(directory) else { return false }
    guard let id = try storeID(directory) else {
      throw .brokenRecord(
        directory.path(of: ControlFolder.Names.format),
        reason: "neither the database nor a record tells the id of the journal")
    }
    do throws(SyscallError) {
      try ControlFolder.writeFormat(
        StoreFormat(storeID: id), in: directory, layout.policy, options.durability)
    } catch {
      throw .system(error)
    }
    return true
  }

  private static func isBroken(_ directory: OpenDirectory) throws(JournalError) -> Bool {
    do throws(JournalError) {
      _ = try ControlFolder.readFormat(in: directory)
      return false
    } catch {
      switch error {
      case .brokenRecord: return true
      // Without a history the folder is being made, or its making was interrupted.
      case .system(let cause) where cause.isNotFound: return try storeID(directory) != nil
      default: throw error
      }
    }
  }

  /// The id of the journal: the database's, or else that of the last record.
  static func storeID(_ directory: OpenDirectory) throws(JournalError) -> String? {
    let database = try? JournalDatabase(reading: DatabaseFile(in: directory))
    if let id = (try? database?.meta(MetaKey.storeID)) ?? nil, isID(id) { return id }
    guard let records = try? directory.openDirectory(ControlFolder.Names.records) else {
      return nil
    }
    let last = try RecordFolder(folder: records).chain(after: 0, hash: nil).last
    return last.map(\.record.store).flatMap { isID($0) ? $0 : nil }
  }

  private static func isID(_ text: String) -> Bool {
    StoreFormat(parsing: StoreFormat(storeID: text).bytes) != nil
  }
}
