internal import Store

extension JournalDatabase {
  /// Checks that every row is what its record says, and that the chain is whole.
  ///
  /// Reads the whole history.
  ///
  /// - Throws: ``JournalError/brokenRecord(_:reason:)``.
  func checkRecords() throws(JournalError) {
    var expected: (sequence: Int64, hash: Digest?)?
    var before = Int64.max
    while true {
      let page = try operations(before: before, limit: 256)
      guard let last = page.last?.sequence else { break }
      for stored in page {
        let record = try stored.verifiedRecord()
        if let expected, expected.sequence != record.sequence || expected.hash != stored.hash {
          throw .brokenRecord(stored.id.text, reason: "the chain breaks after it")
        }
        guard try edits(after: record.sequence - 1, through: record.sequence) == record.edits else {
          throw .brokenRecord(stored.id.text, reason: "its edits differ from its record")
        }
        expected = (record.sequence - 1, record.previous)
      }
      before = last
    }
    if let expected, expected.sequence != 0 || expected.hash != nil {
      throw .brokenRecord("\(expected.sequence)", reason: "it is missing")
    }
  }
}
