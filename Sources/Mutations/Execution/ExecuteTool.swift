public import Journal
public import Store

/// Runs another tool on a private view of the layout and takes over what it did, as one operation.
///
/// The tool needs no change and no lock: what it writes becomes visible only by our swap, merged
/// per tag into whatever the index is by then.
public struct ExecuteTool {
  /// Runs a tool to its end, and ends what that leaves running.
  ///
  /// That takes over signals and orphans of the whole process, which is the program's to do. The tool inherits
  /// the descriptor, besides standard input, output and error: its lock keeps the operation alive as long as
  /// anything of the tool is there.
  public typealias Start = (
    _ words: [String], _ descriptor: Int32
  ) throws(ExecutionError) -> ToolEnding

  /// What stands for the view's path in the tool's arguments.
  public static let placeholder = "{}"

  let arguments: [String]
  let start: Start
  /// Asked while the tool's work is taken over; throws to give it up.
  ///
  /// Nothing has changed then.
  public var check: () throws -> Void = {}

  /// Prepares to run a tool.
  ///
  /// - Parameters:
  ///   - arguments: The tool and its arguments; `{}` in any of them is the view's path.
  ///   - start: Runs it.
  /// - Throws: ``ExecutionError/noPlaceholder``.
  public init(_ arguments: [String], start: @escaping Start) throws(ExecutionError) {
    guard arguments.contains(where: { $0.contains(Self.placeholder) }) else {
      throw .noPlaceholder
    }
    self.arguments = arguments
    self.start = start
  }

  /// Runs it, and takes over what it did.
  ///
  /// - Returns: What became of its work, and what recovery did on the way.
  /// - Throws: ``ExecutionError/failed(_:status:)`` with its status, also when we were asked to stop
  ///   meanwhile; nothing has changed then. ``ExecutionError/damagedBlobs(lost:restored:)``.
  public func run(
    on layout: ImageLayout, _ invocation: Invocation, _ options: WritingOptions
  ) throws -> (MutationOutcome, RecoveryReport) {
    let journal = try OperationJournal(writing: layout, invocation, options)
    var transaction = try journal.begin(.exec, stages: true)
    let edits: [TagEdit]
    do {
      let descriptor = transaction.livenessDescriptor
      edits = try work(on: layout, in: transaction.stagingArea(), journal, descriptor)
    } catch {
      transaction.rollBack()
      throw error
    }
    let prepared = try transaction.prepare { index in
      // The tool overwrites, as it would have done by itself; the history knows what was there.
      Transaction.Proposal(
        edits: edits.map {
          TagEdit(key: $0.key, before: index.descriptors(of: $0.key), after: $0.after)
        })
    }
    guard let prepared else { return (.unchanged, journal.report) }
    let (record, report) = try prepared.commit()
    return (.committed(record), report)
  }

  private func work(
    on layout: ImageLayout, in stage: StagingArea, _ journal: OperationJournal,
    _ descriptor: Int32
  ) throws -> [TagEdit] {
    let view = try LayoutView(of: layout, in: stage)
    let path = try view.path()
    let words = arguments.map {
      $0.split(separator: Self.placeholder, omittingEmptySubsequences: false).joined(
        separator: path)
    }
    let ending = try start(words, descriptor)
    try mend(view.links, of: layout, in: stage, journal)
    let status = ending.status == 0 ? ending.request.map { 128 + $0 } ?? 0 : ending.status
    guard status == 0 else { throw ExecutionError.failed(arguments[0], status: status) }
    let result = try view.result()
    try view.collect(into: stage, check)
    try check()
    return view.base.index.difference(to: result.index)
  }

  /// Looks after the layers that the tool could have written into, and puts back those that can be.
  ///
  /// - Throws: ``ExecutionError/damagedBlobs(lost:restored:)`` when there was one.
  private func mend(
    _ links: [LinkedBlob], of layout: ImageLayout, in stage: StagingArea,
    _ journal: OperationJournal
  ) throws {
    let blobs = layout.blobs.directory
    var (lost, restored): ([String], [String]) = ([], [])
    for link in links where try link.isDamaged(in: blobs) {
      if let blob = try link.rescue(from: blobs, into: stage) {
        try journal.replace(blob, from: stage)
        restored.append(link.path)
      } else {
        lost.append(link.path)
      }
    }
    guard lost.isEmpty, restored.isEmpty else {
      throw ExecutionError.damagedBlobs(lost: lost, restored: restored)
    }
  }
}
