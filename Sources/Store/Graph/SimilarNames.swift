/// Names that a mistyped one may have been meant to be.
package enum SimilarNames {
  /// The most names that are suggested.
  static let maximumCount = 3
  /// Longer names than this are neither compared nor suggested, in bytes.
  static let maximumLength = 128

  /// The names nearest to a name, the nearest first, of equal ones in byte order.
  ///
  /// A name is near when at most a third of it was mistyped, but never more than three bytes. Takes
  /// O(names · length).
  package static func find(_ name: String, among names: [String]) -> [String] {
    let wanted = Array(name.utf8.prefix(maximumLength + 1))
    guard !wanted.isEmpty, wanted.count <= maximumLength else { return [] }
    let limit = min(3, max(1, wanted.count / 3))
    var near: [(distance: Int, name: String)] = []
    for candidate in names where (1...maximumLength).contains(candidate.utf8.count) {
      if let distance = distance(wanted, Array(candidate.utf8), limit: limit) {
        near.append((distance, candidate))
      }
    }
    near.sort {
      $0.distance == $1.distance
        ? $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) : $0.distance < $1.distance
    }
    return near.prefix(maximumCount).map(\.name)
  }

  /// Asks whether one of the nearest names was meant; nil when none is near.
  ///
  /// - Parameter format: What each name looks like in the question.
  package static func question(
    about name: String, among names: [String], _ format: (String) -> String = { $0 }
  ) -> String? {
    question(find(name, among: names).map(format))
  }

  /// Asks whether one of some names was meant; nil without any.
  static func question(_ similar: [String]) -> String? {
    similar.isEmpty ? nil : "did you mean \(similar.joined(separator: " or "))?"
  }

  /// The number of bytes to insert, remove, replace or swap with the next; nil when it is above `limit`.
  ///
  /// Levenshtein's table, of which only the cells within `limit` of the diagonal are computed.
  private static func distance(_ left: [UInt8], _ right: [UInt8], limit: Int) -> Int? {
    guard abs(left.count - right.count) <= limit else { return nil }
    let far = limit + 1
    var above = Array(0...right.count)
    var (before, row) = (above, above)
    for i in 1...max(1, left.count) where i <= left.count {
      let first = max(1, i - limit)
      let last = min(right.count, i + limit)
      guard first <= last else { return nil }
      row[first - 1] = first == 1 ? i : far
      var least = row[first - 1]
      for j in first...last {
        let replaced = above[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1)
        let removed = j < i + limit ? above[j] + 1 : far
        row[j] = min(replaced, removed, row[j - 1] + 1)
        if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
          row[j] = min(row[j], before[j - 2] + 1)
        }
        least = min(least, row[j])
      }
      if least > limit { return nil }
      (before, above, row) = (above, row, before)
    }
    return above[right.count] <= limit ? above[right.count] : nil
  }
}
