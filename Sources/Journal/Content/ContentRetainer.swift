internal import Store

/// Makes sure that everything an index refers to is there before the index is published, and that
/// it stays findable while the history needs it.
///
/// Documents are copied into the database, because other tools truncate them in place; everything
/// else gets a second name below `.ocitx/keep`, so that a foreign gc cannot destroy it. What it
/// finds is only remembered: ``insertFindings()`` writes it to the database.
struct ContentRetainer {
  /// Documents up to this size, in bytes, are copied; larger ones are linked like layers.
  static let maximumCopiedSize: Int64 = 1 << 20
  /// From so many blobs on, one syncfs(2) replaces an fsync(2) for each.
  static let syncEachUpTo = 64
  /// How often a blob is brought back that a foreign gc takes between two looks at it.
  private static let attempts = 3

  let session: Session
  let database: JournalDatabase
  /// What the operation has staged itself; complete and durable already.
  let stage: StagingArea?
  /// Whether all was synced a moment ago, by the same operation.
  private let isSecondLook: Bool

  private var documents: [(digest: Digest, bytes: [UInt8])] = []
  private var newReferences: [(document: BlobReference, references: [BlobReference])] = []
  private var pins: [Digest] = []
  private var visited: Set<Digest> = []
  private var unsynced: [Descriptor] = []
  private var newlyKept: Set<String> = []
  /// What is needed and nowhere to be found.
  private(set) var missing: [Digest] = []
  /// What somebody had taken away and is back.
  private(set) var restored: [Digest] = []

  init(
    _ session: Session, _ database: JournalDatabase, stage: StagingArea? = nil,
    isSecondLook: Bool = false
  ) {
    self.session = session
    self.database = database
    self.stage = stage
    self.isSecondLook = isSecondLook
  }

  /// Keeps what can be kept: an index of another tool may refer to what is not there.
  static func tolerant(
    _ session: Session, _ database: JournalDatabase, for descriptors: [Descriptor]
  ) throws(JournalError) -> ContentRetainer {
    var retainer = ContentRetainer(session, database)
    try database.reading { () throws(JournalError) in
      for descriptor in descriptors {
        do throws(JournalError) { try retainer.retain([descriptor]) } catch {
          // A blob that cannot be read stays with its writer; anything else stops us.
          guard case .blob(let cause) = error, !cause.isSystem else { throw error }
        }
      }
    }
    try retainer.sync()
    return retainer
  }

  /// Whether something that descriptors need is missing and cannot be brought back.
  static func isGone(
    _ descriptors: [Descriptor], _ session: Session, _ database: JournalDatabase
  ) throws(JournalError) -> Bool {
    guard !descriptors.isEmpty else { return false }
    var retainer = ContentRetainer(session, database)
    do throws(JournalError) { try retainer.retain(descriptors) } catch {
      guard case .blob(let cause) = error, !cause.isSystem else { throw error }
      return true
    }
    try retainer.sync()
    return try !AbsentContent(session, database).gone(among: retainer.missing).isEmpty
  }

  private var blobs: BlobStore { session.layout.blobs }

  /// Visits everything that descriptors reach: brings back what is missing and can be brought
  /// back, and keeps what is not kept yet.
  mutating func retain(_ descriptors: [Descriptor]) throws(JournalError) {
    try database.reading { () throws(JournalError) in try visit(descriptors) }
  }

  private mutating func visit(_ descriptors: [Descriptor]) throws(JournalError) {
    var pending = Array(descriptors.reversed())
    while let descriptor = pending.popLast() {
      guard visited.insert(descriptor.digest).inserted else { continue }
      guard try isPresent(descriptor) else {
        missing.append(descriptor.digest)
        continue
      }
      if try !database.isPinned(descriptor.digest) {
        try pin(descriptor)
      } else if try mayBeUnsynced(descriptor) {
        unsynced.append(descriptor)
      }
      pending += try children(of: descriptor).reversed()
    }
  }

  /// Syncs what was not known to be durable.
  ///
  /// Call it before anything refers to the content; what a foreign gc takes meanwhile is brought back, or
  /// ``missing``.
  mutating func sync() throws(JournalError) {
    guard session.durability == .full else { return }
    let (descriptors, kept) = (unsynced, newlyKept)
    defer { (unsynced, newlyKept) = ([], []) }
    if descriptors.count > Self.syncEachUpTo {
      return try session.system { () throws(SyscallError) in
        try session.layout.root.syncFilesystem("content.sync-filesystem")
      }
    }
    for descriptor in descriptors where try !makeDurable(descriptor) {
      missing.append(descriptor.digest)
    }
    try session.system { () throws(SyscallError) in
      try blobs.syncFolders(Set(descriptors.map(\.digest.algorithm.name)), .full)
      for algorithm in kept.sorted() {
        try session.control.keep.openDirectory(algorithm).sync("keep.sync-folder")
      }
    }
  }

  private mutating func makeDurable(_ descriptor: Descriptor) throws(JournalError) -> Bool {
    for _ in 0..<Self.attempts {
      let isThere = try session.system { () throws(SyscallError) in
        try blobs.makeDurable(descriptor.digest, .full)
      }
      if isThere { return true }
      guard try isPresent(descriptor) else { return false }
    }
    return false
  }

  /// Whether there is anything for ``insertFindings()`` to write.
  var hasFindings: Bool { !pins.isEmpty || !newReferences.isEmpty }

  /// Writes what was found to the database.
  ///
  /// Call it inside a transaction.
  func insertFindings() throws(JournalError) {
    try insertDocuments()
    try database.insertPins(pins)
    try database.insertReferences(newReferences)
  }

  /// Remembers what somebody else has found out about documents.
  mutating func learn(
    _ documents: [(document: BlobReference, references: [BlobReference])]
  ) {
    newReferences += documents
  }

  /// Writes the copies of documents to the database, and nothing of what is linked.
  ///
  /// Call it inside a transaction.
  func insertDocuments() throws(JournalError) { try database.insertDocuments(documents) }
}

extension ContentRetainer {
  /// Whether a blob is in the layout with its size, after bringing it back if need be.
  private mutating func isPresent(_ descriptor: Descriptor) throws(JournalError) -> Bool {
    let digest = descriptor.digest
    if try session.system({ () throws(SyscallError) in
      try blobs.contains(digest, size: descriptor.size)
    }) {
      return true
    }
    guard try ContentRestorer(session, database, stage: stage).restore(descriptor) else {
      return false
    }
    restored.append(digest)
    unsynced.append(descriptor)
    return true
  }

  /// Whether somebody may have made a blob again since it was kept, and perhaps synced nothing.
  ///
  /// Of what is kept as a link, its inode tells. Of a copied document nothing does: it is synced with each
  /// operation that refers to it, once.
  private func mayBeUnsynced(_ descriptor: Descriptor) throws(JournalError) -> Bool {
    guard stage?.blob(descriptor.digest) == nil else { return false }
    if Self.isCopied(descriptor) { return !isSecondLook }
    return try session.system { () throws(SyscallError) in
      let blob = try blobs.status(of: descriptor.digest)
      let kept = try session.control.keep.status(
        of: BlobStore.relativePath(of: descriptor.digest))
      return blob?.inode != kept?.inode
    }
  }

  /// The descriptors that a document refers to, without those that are absent and may be: a
  /// `subject`, and layers that are to be fetched from elsewhere (`urls`).
  private mutating func children(
    of descriptor: Descriptor
  ) throws(JournalError) -> [Descriptor] {
    let document = BlobReference(descriptor)
    guard document.role.refersToOthers else { return [] }
    var children: [Descriptor] = []
    for child in try references(of: document, descriptor) {
      let isWanted = child.isOptional ? try isPresent(child.descriptor) : true
      if isWanted { children.append(child.descriptor) }
    }
    return children
  }

  /// What a document refers to: a document is taken apart once in its life.
  private mutating func references(
    of document: BlobReference, _ descriptor: Descriptor
  ) throws(JournalError) -> [BlobReference] {
    if let known = try database.references(in: document) { return known }
    let bytes: [UInt8]
    do throws(JournalError) { bytes = try self.document(descriptor) } catch {
      // JSON of an unknown type may or may not refer to anything.
      if case .blob(let cause) = error, !cause.isSystem, document.role == .unknown { return [] }
      throw error
    }
    let references: [BlobReference]
    do throws(BlobError) {
      references = try BlobReference.references(in: bytes, of: descriptor)
    } catch {
      throw .blob(error)
    }
    newReferences.append((document, references))
    return references
  }

  private func document(_ descriptor: Descriptor) throws(JournalError) -> [UInt8] {
    // What has just been copied is taken apart next.
    if let known = documents.last, known.digest == descriptor.digest { return known.bytes }
    if let copy = try database.document(descriptor.digest) { return copy }
    do throws(BlobError) { return try blobs.readDocument(descriptor) } catch {
      // A foreign gc may take it between our look and our reading.
      guard case .missing = error,
        try ContentRestorer(session, database, stage: stage).restore(descriptor)
      else { throw .blob(error) }
    }
    do throws(BlobError) { return try blobs.readDocument(descriptor) } catch { throw .blob(error) }
  }

  /// Whether a copy of it goes into the database.
  private static func isCopied(_ descriptor: Descriptor) -> Bool {
    let type = descriptor.mediaType
    let isDocument =
      DocumentChildren.refersToOthers(type) || type.isImageConfig || type == .emptyJSON
    return isDocument && descriptor.size <= maximumCopiedSize
  }

  /// Remembers a blob that is present: copies a document, links anything else.
  private mutating func pin(_ descriptor: Descriptor) throws(JournalError) {
    let digest = descriptor.digest
    if Self.isCopied(descriptor) {
      documents.append((digest, try document(descriptor)))
    } else if try !link(descriptor) {
      missing.append(digest)
      return
    }
    pins.append(digest)
    if stage?.blob(digest) == nil { unsynced.append(descriptor) }
  }

  /// Gives a blob its second name.
  ///
  /// - Returns: False when somebody has taken it away since it was looked at.
  private mutating func link(_ descriptor: Descriptor) throws(JournalError) -> Bool {
    for _ in 0..<Self.attempts {
      if try linkPresent(descriptor.digest) { return true }
      guard try isPresent(descriptor) else { return false }
    }
    return false
  }

  private mutating func linkPresent(_ digest: Digest) throws(JournalError) -> Bool {
    let algorithm = digest.algorithm.name
    let control = session.control
    let isNew = try session.system { () throws(SyscallError) -> Bool? in
      let folder = try control.keep.openOrCreateDirectory(
        algorithm, policy: control.policy, "keep.create-folder")
      do throws(SyscallError) {
        try blobs.directory.link(
          BlobStore.relativePath(of: digest), to: folder, as: digest.encoded,
          followingLinks: true, "keep.link")
        return true
      } catch {
        if error.isNotFound { return nil }
        // Refused for another owner's file: the blob is then only as safe as its first name.
        guard error.isAlreadyThere || error.isLinkRefused else { throw error }
        return false
      }
    }
    guard let isNew else { return false }
    if isNew { newlyKept.insert(algorithm) }
    return true
  }
}
