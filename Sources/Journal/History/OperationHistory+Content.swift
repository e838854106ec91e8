public import Store

extension OperationHistory {
  /// Looks whether everything is there that edits need, as the operation itself would.
  ///
  /// - Parameters:
  ///   - edits: The edits.
  ///   - absent: What may be missing.
  ///   - index: What they are made on: what that lacks already, they may lack too.
  ///   - planned: What the operation would make.
  /// - Throws: ``JournalError/missingContent(_:needed:)``.
  public func checkContent(
    of edits: [TagEdit], without absent: Set<Digest>, beside index: ImageIndex,
    planned: PlannedContent
  ) throws(JournalError) {
    let content = AbsentContent(
      layout: layout, control: control, database: database, planned: planned)
    let missing = try content.missing(from: edits.flatMap(\.after))
      .filter { !absent.contains($0) }
    if missing.isEmpty { return }
    let new = try content.newlyMissing(among: missing, beside: index).digests
    guard !new.isEmpty else { return }
    throw .missingContent(new.sorted(), needed: try content.dependent(on: new, among: edits))
  }
}
