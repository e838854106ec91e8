/// What the headers before an entry's own say of it: pax records, and names too long for a GNU header.
struct ExtendedHeaders {
  private(set) var pax: PaxRecords?
  private(set) var longName: [UInt8]?
  private(set) var longLink: [UInt8]?

  var isEmpty: Bool { pax == nil && longName == nil && longLink == nil }

  /// Takes a header's body; of two of a kind the second one counts, as in Go.
  ///
  /// - Returns: Whether there was one of that kind already.
  /// - Throws: ``ArchiveError``.
  mutating func add(_ type: UInt8, _ body: [UInt8]) throws(ArchiveError) -> Bool {
    switch type {
    case UInt8(ascii: "L"):
      defer { longName = Array(body.prefix { $0 != 0 }) }
      return longName != nil
    case UInt8(ascii: "K"):
      defer { longLink = Array(body.prefix { $0 != 0 }) }
      return longLink != nil
    default:
      let isDouble = pax != nil
      pax = try PaxRecords(body)
      return isDouble
    }
  }
}
