internal import Store

/// Finds out which operation was the last one to make something reach a blob.
struct LastMention {
  private struct Document: Hashable {
    let digest: Digest
    let role: BlobReference.Role
  }

  private let cache: ReferenceCache
  private var last: [Digest: Int64] = [:]
  private var visited: Set<Document> = []

  /// Reads the whole history, newest operation first; each document is followed once.
  init(_ database: JournalDatabase, _ cache: ReferenceCache) throws(JournalError) {
    self.cache = cache
    guard let head = try database.head()?.sequence else { return }
    for mention in try database.mentions(after: 0, through: head) {
      try follow(CollectionRoots.references(mention.after), mention.sequence)
    }
  }

  private mutating func follow(
    _ roots: [BlobReference], _ sequence: Int64
  ) throws(JournalError) {
    var pending = roots
    while let reference = pending.popLast() {
      if last[reference.digest] == nil { last[reference.digest] = sequence }
      let document = Document(digest: reference.digest, role: reference.role)
      guard reference.role.refersToOthers, visited.insert(document).inserted else { continue }
      pending += try cache.references(of: reference) ?? []
    }
  }

  /// The items with what was found about each.
  func told(_ items: [CollectionPlan.Item]) -> [CollectionPlan.Item] {
    items.map { item in
      var item = item
      item.lastOperation = last[item.digest]
      return item
    }
  }
}
