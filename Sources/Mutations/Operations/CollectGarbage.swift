public import Journal
public import Store

/// Takes what nothing needs out of a layout; docs/crash-consistency.md, *Garbage collection*.
///
/// No reference changes, so that it is no ``Mutation``: what goes is decided by the journal, which knows the
/// history.
public struct CollectGarbage {
  let layout: ImageLayout
  let invocation: Invocation
  let writing: WritingOptions
  let options: CollectionOptions

  /// Prepares to collect.
  public init(
    _ layout: ImageLayout, _ invocation: Invocation, _ writing: WritingOptions,
    _ options: CollectionOptions
  ) {
    self.layout = layout
    self.invocation = invocation
    self.writing = writing
    self.options = options
  }

  /// Withdraws what nothing needs, deletes trash that is old enough, and removes what other tools have left
  /// behind.
  ///
  /// - Returns: What was done; durable (full durability).
  public func run() throws -> CollectionReport {
    let journal = try OperationJournal(writing: layout, invocation, writing)
    var report = try journal.collectGarbage(options)
    var notes: [Note] = []
    report.staleTemporaryFiles = try StaleTemporaryFiles.find(in: layout, now: invocation.now()) {
      folder, name in
      guard let failure = folder.remove(staleFile: name) else { return true }
      notes.append("could not remove all of \(name) (\(failure))")
      return false
    }
    report.recovery.notes += notes
    return report
  }

  /// What ``run()`` would do; reads only, and takes no lock.
  public func plan() throws -> CollectionReport {
    var report = try CollectionReport(
      planning: options, layout, OperationHistory.open(layout), now: invocation.now())
    report.staleTemporaryFiles = try StaleTemporaryFiles.find(in: layout, now: invocation.now()) {
      _, _ in true
    }
    return report
  }
}
