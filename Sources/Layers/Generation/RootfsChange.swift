public import Store

/// One path at which a root file system is not what its bundle says: what a layer has to tell.
public struct RootfsChange: Equatable, Sendable {
  /// In what way the path differs.
  public enum Kind: String, Sendable {
    /// It is new.
    case added
    /// It was there, and its content or its metadata differs; also when it is of another kind now.
    case modified
    /// It is gone.
    case removed
    /// What the layers below have in the folder is hidden; only of layers that are not made of a bundle.
    case hidden
  }

  /// The path, relative to the root, which is `.`, as bytes.
  public let path: [UInt8]
  /// In what way it differs.
  public let kind: Kind
  /// What lies there now; nil when it is gone, or nobody has looked.
  public let fileKind: FileStatus.Kind?
  /// The size in bytes of a regular file, of one that is gone as far as it is known; else 0.
  public let size: Int64

  /// Describes a change.
  package init(
    path: [UInt8], kind: Kind, fileKind: FileStatus.Kind? = nil, size: Int64 = 0
  ) {
    self.path = path
    self.kind = kind
    self.fileKind = fileKind
    self.size = size
  }
}

extension RootfsChange {
  /// Of all changes of a tree those that a layer needs, sorted by the bytes of their paths
  /// (umoci-behaviour §2.7).
  ///
  /// What lies below something that is gone goes with it, and so does what was below a folder that
  /// is something else now: a whiteout there would go through a symbolic link. What is masked stays
  /// out.
  package static func needed(
    of changes: [RootfsChange], masks: PathMasks
  ) -> [RootfsChange] {
    var covering: Set<[UInt8]> = []
    for change in changes
    where change.kind == .removed || (change.kind == .modified && change.fileKind != .directory) {
      covering.insert(change.path)
    }
    let needed = changes.filter { change in
      !masks.cover(change.path)
        && !(change.kind == .removed && hasAncestor(change.path, in: covering))
    }
    return needed.sorted { $0.path.lexicographicallyPrecedes($1.path) }
  }

  private static func hasAncestor(_ path: [UInt8], in paths: Set<[UInt8]>) -> Bool {
    if paths.isEmpty { return false }
    var end = path.lastIndex(of: UInt8(ascii: "/"))
    while let place = end {
      if paths.contains(Array(path[..<place])) { return true }
      end = path[..<place].lastIndex(of: UInt8(ascii: "/"))
    }
    return false
  }
}
