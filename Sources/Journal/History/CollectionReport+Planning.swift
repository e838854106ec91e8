public import Store

extension CollectionReport {
  /// What a garbage collection would do: takes no lock, creates nothing, changes nothing.
  ///
  /// What others do meanwhile, and what they left to be recovered, is not seen.
  ///
  /// - Throws: ``JournalError`` when the layout or its history cannot be read.
  public init(
    planning options: CollectionOptions, _ layout: ImageLayout, _ history: OperationHistory?,
    now: Timestamp
  ) throws(JournalError) {
    self.init()
    let index: ImageIndex
    do throws(LayoutError) { index = try layout.readIndex().index } catch { throw .layout(error) }
    let database: JournalDatabase
    if let history {
      database = history.database
    } else {
      database = try ControlFolder.emptyRows()
    }
    let roots = try CollectionRoots(index, database, replaced: [], now: now)
    let marking = try Marking(
      layout, history?.control, database, from: roots, grace: options.grace, now: now)
    plan = try marking.plan(staged: StagedContent())
    let mentions = try LastMention(database, marking.cache)
    plan.withdrawn = mentions.told(plan.withdrawn)
    plan.kept = mentions.told(plan.kept)
    plan.spared = mentions.told(plan.spared)
    guard let history else { return }
    try addTrash(options, history, now: now)
  }

  private mutating func addTrash(
    _ options: CollectionOptions, _ history: OperationHistory, now: Timestamp
  ) throws(JournalError) {
    let trash = TrashView(control: history.control, database: history.database, now: now)
    let due = try trash.expiry(before: trash.limit(options.trashAge))
    deleted = due.total
    left = try trash.expiry(before: nil).without(due).total
  }
}
