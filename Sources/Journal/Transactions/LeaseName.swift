internal import Store

/// A lease as people name it: by the path of its bundle, or by its id or the beginning of that.
struct LeaseName {
  private let text: String
  /// The same as a path, absolute and without symbolic links; what it leads to need not be there.
  private let path: String

  /// Takes a name; looks where it would lead as a path.
  init(_ text: String) {
    self.text = text
    let split = SplitPath(text)
    if let whole = try? OpenDirectory.open(text).resolvedPath() {
      path = whole
    } else if let parent = try? OpenDirectory.open(split.parent).resolvedPath() {
      path = (parent == "/" ? "" : parent) + "/" + split.name
    } else {
      path = text
    }
  }

  /// The ids of the leases that are meant: all of one bundle, or the one whose id begins so.
  ///
  /// - Throws: ``JournalError/noSuchLease(_:)`` and
  ///   ``JournalError/ambiguousLease(_:candidates:)``.
  func ids(among leases: [Lease]) throws(JournalError) -> Set<String> {
    let ofBundle = Set(leases.filter { [text, path].contains($0.bundle) }.map(\.id))
    if !ofBundle.isEmpty { return ofBundle }
    let found = OperationID.isPrefix(text) ? leases.filter { $0.id.hasPrefix(text) } : []
    let ids = Set(found.map(\.id))
    if ids.isEmpty { throw .noSuchLease(text) }
    guard ids.count == 1 else {
      throw .ambiguousLease(
        text, candidates: Set(found.map { "\($0.id) (\($0.bundle))" }).sorted())
    }
    return ids
  }
}
