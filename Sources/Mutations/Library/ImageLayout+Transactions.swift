public import Journal
public import Layers
public import Store

/// The way in for programs: docs/library.md.
extension ImageLayout {
  /// What became of an operation.
  public typealias Change = (outcome: MutationOutcome, report: RecoveryReport)

  /// Makes an empty layout at a path where nothing is yet, with its history.
  ///
  /// Complete and durable when it appears (full durability), and it appears at once.
  ///
  /// - Throws: ``Store/LayoutError/exists(path:)`` and system errors; nothing is left behind.
  public static func create(
    _ path: String, by invocation: Invocation, _ options: WritingOptions = WritingOptions()
  ) throws -> ImageLayout {
    _ = try CreateLayout.run(at: path, invocation, options)
    return try .open(path)
  }

  /// Changes the layout by one operation: all that `body` does happens when it returns, or nothing when it throws
  /// or the process dies.
  ///
  /// Other writers go on meanwhile; they are waited for only at the end. The first one on a layout gives it its
  /// folder `.ocitx/`. `body` runs once, in the caller's thread, and must not change the same layout in any other
  /// way.
  ///
  /// - Parameters:
  ///   - invocation: Who does it, for the history; its message says why.
  ///   - options: How it is written.
  ///   - body: What is done.
  /// - Returns: What became of it, and what was found and recovered on the way. What is committed is durable
  ///   (full durability).
  /// - Throws: What `body` throws; ``JournalError`` when the operation cannot be carried out. Nothing has
  ///   changed then, unless ``JournalError/notDurable(_:)`` or ``JournalError/undecided(_:)`` says so.
  @discardableResult
  public func transaction(
    by invocation: Invocation, _ options: WritingOptions = WritingOptions(),
    _ body: (inout LayoutTransaction) throws -> Void
  ) throws -> Change {
    let runner = MutationRunner(layout: self, invocation: invocation, options: options)
    return try runner.run(body)
  }

  /// The operations of the layout; nil when nobody has changed it with this library or its program yet.
  ///
  /// Reads only: takes no lock and makes nothing. What is written later may or may not show; ask again to see it.
  ///
  /// - Throws: ``JournalError/newerFormat(path:found:supported:)`` and system errors.
  public var history: OperationHistory? {
    get throws(JournalError) { try OperationHistory.open(self) }
  }

  /// Takes an operation back, by a new one: its tags and settings go back to what they were before it.
  ///
  /// What has happened to others since stays.
  ///
  /// - Parameters:
  ///   - operation: The operation; nil for the caller's newest that can be taken back.
  ///   - invocation: Who does it.
  ///   - isForced: Whether what has been set since is set back as well.
  ///   - options: How it is written.
  /// - Returns: What became of it; what is committed is durable (full durability).
  /// - Throws: ``JournalError``, among others ``JournalError/setSince(_:kind:value:by:)``,
  ///   ``JournalError/alreadyReversed(_:by:)``, ``JournalError/nothingTo(_:reason:)`` and
  ///   ``JournalError/noHistory(path:)``; nothing has changed then.
  @discardableResult
  public func undo(
    _ operation: OperationRecord? = nil, by invocation: Invocation, isForced: Bool = false,
    _ options: WritingOptions = WritingOptions()
  ) throws -> Change {
    let target =
      try operation
      ?? Reversal.undoTarget(in: requiredHistory(), userID: invocation.userID).target
    return try MutationRunner(layout: self, invocation: invocation, options: options)
      .run(UndoOperation(target, isForced: isForced))
  }

  /// Takes the caller's newest undo back, unless he has done something else since.
  ///
  /// - Returns: What became of it; what is committed is durable (full durability).
  /// - Throws: As ``undo(_:by:isForced:_:)``.
  @discardableResult
  public func redo(
    by invocation: Invocation, _ options: WritingOptions = WritingOptions()
  ) throws -> Change {
    let target = try Reversal.redoTarget(in: requiredHistory(), userID: invocation.userID).target
    return try MutationRunner(layout: self, invocation: invocation, options: options)
      .run(UndoOperation(target, kind: .redo))
  }

  private func requiredHistory() throws(JournalError) -> OperationHistory {
    guard let history = try history else { throw .noHistory(path: path) }
    return history
  }

  /// Makes a runtime bundle of an image: complete, or not at all.
  ///
  /// No tag changes. Where the layout can be written, a lease keeps gc from taking what a repack will need.
  ///
  /// - Parameters:
  ///   - image: The image, named as in a ``LayoutTransaction``.
  ///   - bundle: The path of the bundle, a new or an empty folder.
  ///   - platform: Which image of an index of several platforms; nil for the only one, or this machine's.
  ///   - invocation: Who does it.
  ///   - options: How it is done; ``UnpackImage/Options/isDurable`` says whether it is durable when this
  ///     returns.
  ///   - onWarning: Told what could not be done as the image has it.
  /// - Returns: The image.
  /// - Throws: ``ImageReference/Malformed``, ``Store/ReferenceError``, ``ImageError``, ``Layers/BundleError``,
  ///   ``Layers/ExtractionError``, ``Layers/UserLookupError`` and system errors; no bundle is left then.
  @discardableResult
  public func unpack(
    _ image: String, to bundle: String, platform: Platform? = nil, by invocation: Invocation,
    _ options: UnpackImage.Options = UnpackImage.Options(
      extraction: ExtractionOptions(), leasing: WritingOptions()),
    onWarning: @escaping (String) -> Void = { _ in }
  ) throws -> SelectedImage {
    let context = MutationContext(self, history: try history, invocation)
    let selected = try SelectedImage(
      ImageReference(parsing: image, now: invocation.now()), in: readIndex().index,
      platform: platform, context)
    var unpack = UnpackImage(selected, in: context, options)
    unpack.onWarning = onWarning
    try unpack.makeBundle(at: bundle)
    return selected
  }
}

extension MutationRunner {
  /// Runs what `body` does as one operation.
  fileprivate func run(
    _ body: (inout LayoutTransaction) throws -> Void
  ) throws -> (MutationOutcome, RecoveryReport) {
    try run(.batch) { stage, context in
      var transaction = try LayoutTransaction(on: stage, in: context)
      try body(&transaction)
      return transaction.batch()
    }
  }
}
