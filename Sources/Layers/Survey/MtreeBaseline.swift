internal import Store

/// Compares with an mtree file, reading the content of every file that may be the same.
struct MtreeBaseline: SurveyBaseline {
  private let mtree: MtreeFile
  private let reader: RootfsFacts
  private var comparison: MtreeComparison
  private var places: [MtreeFile.Node?] = []

  init(_ mtree: MtreeFile, check: @escaping () throws -> Void) {
    self.mtree = mtree
    reader = RootfsFacts(keywords: MtreeKeyword.bundle, check: check)
    comparison = MtreeComparison(
      with: mtree, keywords: MtreeKeyword.bundle, isCollecting: false)
  }

  mutating func enter(_ folder: ScannedFolder, path: [UInt8]) throws -> SurveyVerdict {
    let place = places.isEmpty ? .root : node(named: folder.name)
    places.append(place)
    let facts = reader.facts(of: folder)
    let kind = comparison.compare(place, path: { path }, facts: facts, digests: { _ in [:] })
    return SurveyVerdict(change: change(kind, facts)) { facts }
  }

  func list(_ folder: ScannedFolder) throws -> FolderNames { try folder.names() }

  mutating func item(_ file: ScannedFile, in folder: ScannedFolder) throws -> SurveyVerdict {
    let reader = reader
    var facts = try reader.facts(of: file, in: folder)
    let known = facts
    let kind = try comparison.compare(
      node(named: file.name), path: { file.name }, facts: known
    ) { keywords in
      let digests = try reader.digests(of: file, in: folder, keywords)
      facts.digests = digests
      return digests
    }
    let found = facts
    return SurveyVerdict(change: change(kind, found)) {
      try reader.completed(found, of: file, in: folder)
    }
  }

  /// Whether attributes that the mtree file does not list are unchanged is unknown.
  private func change(
    _ kind: MtreeDifference.Kind?, _ facts: MtreeFacts
  ) -> RootfsChange.Kind? {
    kind?.asChange ?? (facts.attributes.contains(where: \.isUnlisted) ? .modified : nil)
  }

  mutating func leave() { places.removeLast() }

  mutating func finish() -> [RootfsChange] {
    comparison.uppermostUnmetNodes.map { node in
      RootfsChange(path: mtree.path(of: node), kind: .removed, size: mtree.fileSize(of: node))
    }
  }

  private func node(named name: [UInt8]) -> MtreeFile.Node? {
    (places.last ?? nil).flatMap { mtree.node(named: name, in: $0) }
  }
}

extension MtreeDifference.Kind {
  fileprivate var asChange: RootfsChange.Kind {
    switch self {
    case .missing: .removed
    case .extra: .added
    case .modified: .modified
    }
  }
}

extension MtreeFile {
  /// The size in bytes that an entry says of a regular file; 0 for everything else.
  fileprivate func fileSize(of node: Node) -> Int64 {
    var size: Int64 = 0
    var isRegular = true
    for values in [setNumber(of: node).map(setValues), ownValues(of: node)] {
      var words = MtreeWords(values ?? [])
      while let word = words.nextValue() {
        if word.keyword.elementsEqual("size".utf8) {
          size = Int64(String(decoding: word.value, as: UTF8.self)) ?? 0
        } else if word.keyword.elementsEqual("type".utf8) {
          isRegular = word.value.elementsEqual("file".utf8)
        }
      }
    }
    return isRegular ? size : 0
  }
}
