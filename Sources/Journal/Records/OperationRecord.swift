public import Store

/// One link of the history: what an operation did, who did it, when and why.
///
/// Its canonical JSON is what is stored, hashed and chained; docs/on-disk-format.md lists the
/// members. A record never changes once it is written.
public struct OperationRecord: Sendable {
  /// A side that lost a three-way merge and is kept.
  public struct Conflict: Equatable, Sendable {
    /// The entries that both sides had changed.
    public let key: EntryKey
    /// What the foreign writer wanted.
    public let theirs: [Descriptor]
  }

  /// A blob that the operation added to the layout, or moved.
  public struct AddedBlob: Equatable, Sendable {
    /// Its digest.
    public let digest: Digest
    /// Its size in bytes.
    public let size: Int64
  }

  /// The numbers that an operation can have: as many as JSON's readers tell apart.
  static let sequences: ClosedRange<Int64> = 1...1 << 53

  /// The id of the journal it belongs to.
  public var store: String
  /// Its place in the history, from 1.
  public var sequence: Int64
  /// Its name.
  public var id: OperationID
  /// The hash of the record before it; nil for the first.
  public var previous: Digest?
  /// What it was.
  public var kind: OperationKind
  /// The same as ``wallClock``; in records of version 0.1 moved behind that of the record before.
  var time: Timestamp
  /// What the wall clock said, in UTC.
  ///
  /// Clocks may be wrong: only ``sequence`` tells the order.
  public var wallClock: Timestamp
  /// How long it took up to its preparation, in microseconds.
  public var duration: Int64
  /// Who did it.
  public var author: Author
  /// The digest of index.json before; nil when there was none.
  public var indexBefore: Digest?
  /// The digest of index.json after, with a provisional stamp (see ``CommitMarker``); for a foreign version the
  /// plain digest.
  public var indexAfter: Digest
  /// What changed.
  public var edits: [TagEdit]
  /// The settings that changed.
  public var settings: [SettingEdit] = []
  /// The blobs it added.
  public var addedBlobs: [AddedBlob]
  /// The blobs that it moved.
  public var moves = BlobRelocations()
  /// The operation it takes back or brings back.
  public var reverts: OperationID?
  /// The stamp that a foreign index.json carried.
  public var baseStamp: String?
  /// What lost a merge.
  public var conflicts: [Conflict]
  /// How recovery finished it, when it had to.
  public var recovered: String?
  /// Anything else that belongs to this kind of operation.
  public var details: JSONObject
}

extension OperationRecord {
  /// Who did something, and with what command.
  public struct Author: Equatable, Sendable {
    /// The real user id.
    public var userID: UInt32
    /// The user's name.
    public var userName: String?
    /// The user who called sudo(8).
    public var sudoUser: String?
    /// The host's name.
    public var hostName: String
    /// The machine, see ``Invocation/machineID``; nil when nothing identified it.
    public var machineID: String?
    /// The process id.
    public var processID: Int32
    /// The program's version.
    public var programVersion: String
    /// The command line, secrets masked.
    public var arguments: [String]
    /// The folder it ran in.
    public var workingDirectory: String
    /// The reason that the user gave.
    public var message: String?

    /// The author of an invocation.
    init(_ invocation: Invocation) {
      userID = invocation.userID
      userName = invocation.userName
      sudoUser = invocation.sudoUser
      hostName = invocation.hostName
      machineID = invocation.machineID.isEmpty ? nil : invocation.machineID
      processID = invocation.processID
      programVersion = invocation.programVersion
      arguments = SecretRedaction.redact(invocation.arguments)
      workingDirectory = invocation.workingDirectory
      message = invocation.message
    }

    /// The user as people know him: the name or the id, with the one behind sudo.
    public var displayName: String {
      let name = userName ?? "uid \(userID)"
      return sudoUser.map { $0 == name ? name : "\($0) (as \(name))" } ?? name
    }
  }

  /// Whether there is anything to take back.
  var changesSomething: Bool { !changedValues.isEmpty || !moves.isEmpty }

  /// What it has set.
  var changedValues: [ChangedValue] {
    edits.map { .entry($0.key) } + settings.map { .setting($0.name) }
  }

  /// The operation in words, for messages.
  package var title: String { "operation \(sequence) (\(kind))" }

  /// That, by whom and when it moved a tag or set a setting, in words for a message.
  var deed: String {
    if kind == .adopt { return "so before the history began" }
    let verb = settings.isEmpty ? "moved" : "set"
    return "\(verb) by \(author.displayName) on \(author.hostName) at \(wallClock.wholeSeconds)"
      + " (operation \(sequence), \(id.shortForm): \(kind))"
  }
}

extension OperationRecord.Author {
  /// Everything that the user may be known by.
  var names: Set<String> {
    Set([userName, sudoUser, String(userID)].compactMap { $0 })
  }

  /// Somebody who used another tool: only his user id is known.
  init(foreignWriter userID: UInt32, noticedBy invocation: Invocation) {
    self.init(invocation)
    self.userID = userID
    if userID != invocation.userID {
      userName = nil
    }
    sudoUser = nil
    message = nil
    arguments = []
  }
}

extension Timestamp {
  /// The time in UTC without a fraction.
  package var wholeSeconds: Timestamp {
    Timestamp(secondsSinceEpoch: secondsSinceEpoch)
  }
}
