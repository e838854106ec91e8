internal import CLinux
internal import Glibc
public import Journal
public import Store

/// Runs another tool on a private view of the layout and takes over what it did, as one operation.
///
/// The tool needs no change and no lock: what it writes becomes visible only by our swap, merged
/// per tag into whatever the index is by then.
public struct ExecuteTool {
  /// What stands for the view's path in the tool's arguments.
  public static let placeholder = "{}"

  let arguments: [String]

  /// Prepares to run a tool.
  ///
  /// - Parameter arguments: The tool and its arguments; `{}` in any of them is the view's path.
  /// - Throws: ``ExecutionError/noPlaceholder``.
  public init(_ arguments: [String]) throws(ExecutionError) {
    guard arguments.contains(where: { $0.contains(Self.placeholder) }) else {
      throw .noPlaceholder
    }
    self.arguments = arguments
  }

  /// Runs it with our own standard input, output and error.
  ///
  /// - Returns: What became of its work, and what recovery did on the way.
  /// - Throws: ``ExecutionError/failed(_:status:)`` with its status; nothing has changed then.
  public func run(
    on layout: ImageLayout, _ invocation: Invocation, _ options: WritingOptions
  ) throws -> (MutationOutcome, RecoveryReport) {
    let journal = try OperationJournal(writing: layout, invocation, options)
    var transaction = try journal.begin(.exec, stages: true)
    let edits: [TagEdit]
    do {
      edits = try work(on: layout, in: transaction.stagingArea())
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

  private func work(on layout: ImageLayout, in stage: StagingArea) throws -> [TagEdit] {
    let view = try LayoutView(of: layout, in: stage)
    let path = try view.path()
    let words = arguments.map {
      $0.split(separator: Self.placeholder, omittingEmptySubsequences: false).joined(
        separator: path)
    }
    let status = try spawn(words)
    guard status == 0 else { throw ExecutionError.failed(arguments[0], status: status) }
    try view.collect(into: stage)
    return try view.base.index.difference(to: view.result().index)
  }

  private func spawn(_ words: [String]) throws(ExecutionError) -> Int32 {
    var argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in argv { free(argument) } }
    let child = clinux_spawn(&argv, nil)
    guard child > 0 else { throw .notStarted(words[0], code: errno) }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return clinux_exit_status(status)
  }
}
