internal import Store

/// Compares files one by one with what an mtree file says of them, and remembers what differs
/// (umoci-behaviour §2.5).
package struct MtreeComparison {
  /// The mtree file to compare with.
  package let mtree: MtreeFile
  /// What is compared.
  package let keywords: [MtreeKeyword]
  /// What differs so far, but for what is missing.
  private var differences: [MtreeDifference] = []
  private var isMet: [Bool]
  private let isCollecting: Bool
  private let names: OwnerNames
  /// For each `/set` line, the defaults that allow comparing text with text; nil for odd lines.
  private let defaults: [MtreeDefaults?]
  private let digestKeywords: [MtreeKeyword]

  /// Prepares a comparison; one that does not collect only answers for each file.
  package init(
    with mtree: MtreeFile, keywords: [MtreeKeyword], names: OwnerNames = .none,
    isCollecting: Bool = true
  ) {
    self.mtree = mtree
    self.isCollecting = isCollecting
    self.keywords = keywords
    self.names = names
    isMet = [Bool](repeating: false, count: mtree.records.count)
    defaults = mtree.sets.indices.map { number in
      let line = MtreeDefaults(values: mtree.setValues(number))
      return line.flatMap { $0.keywords.allSatisfy(keywords.contains) ? $0 : nil }
    }
    digestKeywords = keywords.filter(\.isContentDigest)
  }

  /// Compares one file.
  ///
  /// The content is read only when all else is the same: of a file that differs anyway the digests
  /// are not among the differences.
  ///
  /// - Parameters:
  ///   - node: The file's place in the mtree file, if it has one.
  ///   - path: The file's path, for the difference.
  ///   - facts: All that is known of the file but for its digests.
  ///   - digests: Reads the file and gives the digests asked for.
  /// - Returns: In what way it differs, which is also remembered; nil when it does not.
  @discardableResult
  package mutating func compare(
    _ node: MtreeFile.Node?, path: () -> [UInt8], facts: MtreeFacts,
    digests: ([MtreeKeyword]) throws -> [MtreeKeyword: [UInt8]]
  ) rethrows -> MtreeDifference.Kind? {
    guard let node, mtree.isListed(node) else {
      if isCollecting { differences.append(MtreeDifference(path: path(), kind: .extra)) }
      return .extra
    }
    isMet[Int(node.index)] = true
    guard facts.kind == .regular, !digestKeywords.isEmpty else {
      return note(differing(node, facts), path)
    }
    var presumed = facts
    presumed.digests = recordedDigests(node)
    let values = differing(node, presumed)
    guard values.isEmpty else { return note(values, path) }
    let actual = try digests(digestKeywords)
    guard actual != presumed.digests else { return nil }
    presumed.digests = actual
    return note(differing(node, presumed), path)
  }

  /// Ends the comparison.
  ///
  /// - Returns: All differences, sorted by the bytes of their paths.
  /// - Throws: ``MtreeError/tooManyDifferences(limit:)`` when an mtree file as no tool writes it names more
  ///   missing paths than can be held.
  package consuming func finish() throws(MtreeError) -> [MtreeDifference] {
    let unmet = unmetNodes
    let length = unmet.reduce(0) { $0 + mtree.pathLength(of: $1) }
    guard length <= Self.maximumMissingBytes else {
      throw .tooManyDifferences(limit: Self.maximumMissingBytes)
    }
    for node in unmet {
      differences.append(MtreeDifference(path: mtree.path(of: node), kind: .missing))
    }
    return differences.sorted { $0.path.lexicographicallyPrecedes($1.path) }
  }

  /// The entries of the mtree file that no file was compared with so far.
  private var unmetNodes: [MtreeFile.Node] {
    mtree.nodes.filter { mtree.isListed($0) && !isMet[Int($0.index)] }
  }

  /// Those of them that do not lie below another one: their paths together are not longer than the
  /// mtree file, however deep it is nested, as long as the tree on disk is not.
  var uppermostUnmetNodes: [MtreeFile.Node] {
    var nodes: [MtreeFile.Node] = []
    var isBelow = [Bool](repeating: false, count: isMet.count)
    // Parents come before their children.
    for node in mtree.nodes {
      let parent = Int(mtree.parent(of: node).index)
      let isUnmet = mtree.isListed(node) && !isMet[Int(node.index)]
      let isCovered = node != .root && isBelow[parent]
      if isUnmet, !isCovered { nodes.append(node) }
      isBelow[Int(node.index)] = isUnmet || isCovered
    }
    return nodes
  }

  /// The most bytes that the paths of missing files may have together.
  static let maximumMissingBytes = 1 << 30

  private mutating func note(
    _ values: [MtreeDifference.Value], _ path: () -> [UInt8]
  ) -> MtreeDifference.Kind? {
    guard !values.isEmpty else { return nil }
    if isCollecting {
      differences.append(MtreeDifference(path: path(), kind: .modified(values)))
    }
    return .modified(values)
  }

  /// The digests that the mtree file has of a file.
  private func recordedDigests(_ node: MtreeFile.Node) -> [MtreeKeyword: [UInt8]] {
    var digests: [MtreeKeyword: [UInt8]] = [:]
    for values in [mtree.setNumber(of: node).map(mtree.setValues), mtree.ownValues(of: node)] {
      var words = MtreeWords(values ?? [])
      while let value = words.nextValue() {
        for keyword in digestKeywords
        where value.keyword.elementsEqual(keyword.rawValue.utf8) {
          digests[keyword] = Array(value.value)
        }
      }
    }
    return digests
  }

  private func differing(
    _ node: MtreeFile.Node, _ facts: MtreeFacts
  ) -> [MtreeDifference.Value] {
    let set = mtree.setNumber(of: node)
    let line = set.map { defaults[$0] } ?? MtreeDefaults.none
    var text: [UInt8] = []
    if let line {
      facts.append(keywords, defaults: line, names: names, onto: &text)
      // Most files are as they were, and then the very words are the same.
      if text.elementsEqual(mtree.ownValues(of: node)) { return [] }
      text.removeAll()
    }
    facts.append(keywords, defaults: .none, names: names, onto: &text)
    return MtreeValues(of: node, in: mtree).differences(
      from: MtreeValues(text[...]), keywords: keywords)
  }
}

extension MtreeDifference {
  /// What a newer mtree file says differently from an older one, sorted by the bytes of the paths.
  package static func between(
    _ old: MtreeFile, and new: MtreeFile, keywords: [MtreeKeyword]
  ) -> [MtreeDifference] {
    var counterparts: [MtreeFile.Node: MtreeFile.Node] = [.root: .root]
    var isMet = Set<MtreeFile.Node>()
    var differences: [MtreeDifference] = []
    for node in new.nodes {
      if node != .root, let parent = counterparts[new.parent(of: node)] {
        counterparts[node] = old.node(named: new.name(of: node), in: parent)
      }
      guard new.isListed(node) else { continue }
      guard let counterpart = counterparts[node], old.isListed(counterpart) else {
        differences.append(MtreeDifference(path: new.path(of: node), kind: .extra))
        continue
      }
      isMet.insert(counterpart)
      let values = MtreeValues(of: counterpart, in: old).differences(
        from: MtreeValues(of: node, in: new), keywords: keywords)
      guard !values.isEmpty else { continue }
      differences.append(MtreeDifference(path: new.path(of: node), kind: .modified(values)))
    }
    for node in old.nodes where old.isListed(node) && !isMet.contains(node) {
      differences.append(MtreeDifference(path: old.path(of: node), kind: .missing))
    }
    return differences.sorted { $0.path.lexicographicallyPrecedes($1.path) }
  }
}
