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

  /// The number of bytes to insert, remove or replace; nil when it is above `limit`.
  ///
  /// Levenshtein's table, of which only the cells within `limit` of the diagonal are computed.
  private static func distance(_ left: [UInt8], _ right: [UInt8], limit: Int) -> Int? {
    guard abs(left.count - right.count) <= limit else { return nil }
    let far = limit + 1
    var above = Array(0...right.count)
    var row = above
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
        least = min(least, row[j])
      }
      if least > limit { return nil }
      swap(&above, &row)
    }
    return above[right.count] <= limit ? above[right.count] : nil
  }
}
