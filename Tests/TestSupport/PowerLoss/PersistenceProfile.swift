/// What a file system promises about the order in which changes reach the disk.
///
/// In every profile the bytes of a file are safe only after a sync of that file, whatever happened
/// to its name, and one rename or exchange is never half done in one folder.
public enum PersistenceProfile: String, CaseIterable, Sendable {
  /// Like ext4 and xfs: names and permission bits go through one journal, in order, and any sync
  /// takes all earlier ones along. Bytes do not: a renamed file may be empty.
  case journaled
  /// Changes of names persist in order within a folder, in any order across folders, and are safe
  /// after a sync of the folder. A new file's own sync does not save its name.
  case folderOrdered
  /// Anything that POSIX allows: any subset of the unsynced changes of names that is possible on
  /// its own, and a rename across folders may leave the old name behind.
  case anyOrder
}
