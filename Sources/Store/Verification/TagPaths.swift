/// Which documents and entries lead to each blob, for the names of all tags that need it.
package struct TagPaths: Sendable {
  private var names: [String] = []
  private var entries: [Digest: [Int]] = [:]
  private var parents: [Digest: [Digest]] = [:]

  /// Nothing leads anywhere yet.
  package init() {}

  /// Notes that an entry of index.json with a name refers to a blob.
  package mutating func add(_ digest: Digest, named name: String) {
    entries[digest, default: []].append(names.count)
    names.append(name)
  }

  /// Notes that a document refers to a blob.
  package mutating func add(_ digest: Digest, from document: Digest) {
    guard parents[digest]?.last != document else { return }
    parents[digest, default: []].append(document)
  }

  /// The tags that need a blob, each once, in the order of index.json.
  ///
  /// Takes O(documents above it).
  package func tags(to digest: Digest) -> [String] {
    var seen: Set<Digest> = [digest]
    var pending = [digest]
    var found: Set<Int> = []
    while let next = pending.popLast() {
      found.formUnion(entries[next] ?? [])
      for parent in parents[next] ?? [] where seen.insert(parent).inserted {
        pending.append(parent)
      }
    }
    var told: Set<String> = []
    return found.sorted().map { names[$0] }.filter { told.insert($0).inserted }
  }
}
