/// All that is said of one file: the values of its entry over those of the `/set` line in force.
struct MtreeValues {
  private var values: [(keyword: String, value: [UInt8])] = []

  /// The values of an entry.
  init(of node: MtreeFile.Node, in mtree: MtreeFile) {
    if let set = mtree.setNumber(of: node) { add(mtree.setValues(set)) }
    add(mtree.ownValues(of: node))
  }

  /// The values that a text has.
  init(_ text: ArraySlice<UInt8>) {
    add(text)
  }

  private mutating func add(_ text: ArraySlice<UInt8>) {
    var positions: [String: Int] = [:]
    for (index, value) in values.enumerated() { positions[value.keyword] = index }
    var words = MtreeWords(text)
    while let word = words.nextValue() {
      let keyword = String(decoding: word.keyword, as: UTF8.self)
      if let index = positions[keyword] {
        values[index].value = Array(word.value)
      } else {
        positions[keyword] = values.count
        values.append((keyword, Array(word.value)))
      }
    }
  }

  /// What a newer description says differently, as far as the keywords ask for it.
  ///
  /// Values are compared as text. Where one side has a `time` and either side a `tar_time`, whole
  /// seconds are compared. Sorted by the order of the keywords, then by name.
  func differences(
    from other: MtreeValues, keywords: [MtreeKeyword]
  ) -> [MtreeDifference.Value] {
    var (old, new) = (dictionary, other.dictionary)
    Self.harmonizeTimes(&old, &new)
    var ranks: [String: Int] = [:]
    for (rank, keyword) in keywords.enumerated() { ranks[keyword.rawValue] = rank }
    if let rank = ranks["time"] ?? ranks["tar_time"] {
      ranks["time"] = rank
      ranks["tar_time"] = rank
    }
    var found: [(rank: Int, value: MtreeDifference.Value)] = []
    for keyword in Set(old.keys).union(new.keys) where old[keyword] != new[keyword] {
      guard let rank = ranks[String(keyword.prefix { $0 != "." })] else { continue }
      let value = MtreeDifference.Value(
        keyword: keyword, expected: old[keyword].map { String(decoding: $0, as: UTF8.self) },
        found: new[keyword].map { String(decoding: $0, as: UTF8.self) })
      found.append((rank, value))
    }
    found.sort { ($0.rank, $0.value.keyword) < ($1.rank, $1.value.keyword) }
    return found.map(\.value)
  }

  private var dictionary: [String: [UInt8]] {
    Dictionary(values.map { ($0.keyword, $0.value) }) { $1 }
  }

  private static func harmonizeTimes(
    _ old: inout [String: [UInt8]], _ new: inout [String: [UInt8]]
  ) {
    guard old["tar_time"] != nil || new["tar_time"] != nil else { return }
    truncate(&old)
    truncate(&new)
  }

  private static func truncate(_ values: inout [String: [UInt8]]) {
    guard let time = values.removeValue(forKey: "time"), values["tar_time"] == nil else { return }
    values["tar_time"] = time.prefix { $0 != UInt8(ascii: ".") } + ".000000000".utf8
  }
}
