public import Store

/// The entries of an index by their key: what merging and undoing compare.
struct IndexState: Sendable {
  private(set) var entries: [EntryKey: [Descriptor]] = [:]

  /// No entries.
  init() {}

  /// The entries of a document.
  init(_ index: ImageIndex) {
    entries.reserveCapacity(index.entries.count)
    for entry in index.entries { entries[EntryKey(entry), default: []].append(entry.descriptor) }
  }

  /// The entries of a key; empty when there are none.
  subscript(key: EntryKey) -> [Descriptor] { entries[key] ?? [] }

  /// Applies edits in order.
  mutating func apply(_ edits: [TagEdit]) {
    for edit in edits { entries[edit.key] = edit.after.isEmpty ? nil : edit.after }
  }

  /// The edits that lead from this state to another, sorted by key.
  func difference(to other: IndexState) -> [TagEdit] {
    let keys = Set(entries.keys).union(other.entries.keys)
    return keys.compactMap { key in
      let (before, after) = (self[key], other[key])
      return Self.isSame(before, after) ? nil : TagEdit(key: key, before: before, after: after)
    }.sorted { $0.key < $1.key }
  }

  /// Whether two lists of entries are the same references.
  ///
  /// Members that only one of them has and that no specification knows do not count: other tools
  /// drop those when they rewrite the file.
  static func isSame(_ left: [Descriptor], _ right: [Descriptor]) -> Bool {
    left.count == right.count && zip(left, right).allSatisfy { $0.isSameReference(as: $1) }
  }
}

extension ImageIndex {
  /// The entries of a key, in order.
  public func descriptors(of key: EntryKey) -> [Descriptor] {
    switch key {
    case .name(let name): entries(named: name).map(\.descriptor)
    case .unnamed: entries.filter { EntryKey($0) == key }.map(\.descriptor)
    }
  }

  /// The edits that lead from this index to another, sorted by key.
  public func difference(to other: ImageIndex) -> [TagEdit] {
    IndexState(self).difference(to: IndexState(other))
  }

  /// Applies edits; entries that no edit names keep their bytes and their order.
  mutating func apply(_ edits: [TagEdit], placement: Placement) {
    var named: [ReferenceEdit] = []
    for edit in edits {
      switch edit.key {
      case .name(let name):
        named.append(ReferenceEdit(name: name, descriptors: edit.after))
      case .unnamed(let digest):
        removeUnnamedEntries(digest: digest)
        for descriptor in edit.after { append(descriptor) }
      }
    }
    replaceEntries(named, placement: placement)
  }
}
