/// What an operation was: a word that stands in its record for ever.
public struct OperationKind: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  /// The word.
  public let rawValue: String

  /// A kind by its word, also one that only a newer version knows.
  public init(rawValue: String) {
    self.rawValue = rawValue
  }

  /// A layout was created.
  public static let initialize = OperationKind(rawValue: "init")
  /// An existing layout got its journal; its edits are the tags found there.
  public static let adopt = OperationKind(rawValue: "adopt")
  /// An empty image was created.
  public static let new = OperationKind(rawValue: "new")
  /// A tag was set to an image of the layout.
  public static let tag = OperationKind(rawValue: "tag")
  /// A tag was removed.
  public static let remove = OperationKind(rawValue: "remove")
  /// Several edits at once.
  public static let batch = OperationKind(rawValue: "batch")
  /// Another tool's work on a private view.
  public static let exec = OperationKind(rawValue: "exec")
  /// The inverse of an earlier operation.
  public static let undo = OperationKind(rawValue: "undo")
  /// The inverse of an undo.
  public static let redo = OperationKind(rawValue: "redo")
  /// Tags set back to a point in time.
  public static let restore = OperationKind(rawValue: "restore")
  /// A setting of the layout was changed.
  public static let settings = OperationKind(rawValue: "settings")
  /// Another tool changed index.json; recorded when it was noticed.
  public static let external = OperationKind(rawValue: "external")
  /// What a foreign writer overwrote was put back.
  public static let reapply = OperationKind(rawValue: "heal")
  /// A torn index.json was replaced.
  public static let repair = OperationKind(rawValue: "repair")
  /// The layout turned out to be a copy and got a store id of its own.
  public static let fork = OperationKind(rawValue: "fork")
  /// A person accepted an index.json that the history does not lead to.
  public static let accept = OperationKind(rawValue: "accept")
  /// A person let another machine than the last one go on.
  public static let takeOver = OperationKind(rawValue: "take-over")

  /// Blobs that nothing needs were put into the trash.
  public static let collect = OperationKind(rawValue: "gc")
  /// Trash was deleted.
  public static let expire = OperationKind(rawValue: "expire")

  /// Whether it is a person's own doing: not what the program did by itself or only noticed, where the
  /// history begins, or the upkeep of the layout.
  public var isPersonal: Bool {
    ![
      .adopt, .external, .reapply, .repair, .fork, .accept, .takeOver, .initialize, .collect,
      .expire,
    ]
    .contains(self)
  }

  /// Whether it publishes an index.json, rather than telling of one that was found.
  var publishes: Bool { ![.adopt, .external, .fork].contains(self) }

  /// Whether it takes back, or brings back, another operation.
  public var isReversal: Bool { self == .undo || self == .redo }

  /// The word.
  public var description: String { rawValue }
}

/// How far an operation has come.
public enum OperationState: String, Sendable {
  /// It has said what it wants, and may be staging.
  case intent
  /// Everything is on disk; recovery can finish it.
  case prepared
  /// It is in index.json and in the history.
  case committed
  /// It came to nothing.
  case rolledBack = "rolled-back"
}
