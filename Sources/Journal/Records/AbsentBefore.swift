internal import Store

extension OperationRecord {
  /// The member of the details with the documents of replaced entries that were nowhere before the operation.
  static let absentKey = "absent"

  /// The documents of entries that the operation replaced or removed, which were nowhere already: taking it back
  /// brings such an entry back as it was.
  var absentBefore: Set<Digest> {
    let texts = details[Self.absentKey]?.arrayValue?.elements ?? []
    return Set(texts.compactMap { $0.stringValue.flatMap { try? Digest(parsing: $0) } })
  }
}
