public import Journal
public import Layers
public import Store
internal import Synchronization

/// Verifies a layout: its structure, its documents, its blobs, and its history.
///
/// Nothing is changed and no lock is taken; a layout without a journal, or one that may not be
/// written, is verified like any other. Blobs are read by as many threads as there are processors;
/// memory does not grow with their size.
public struct VerifyLayout {
  /// Which part of a layout is verified.
  public enum Scope: Sendable {
    /// All of it, with its history.
    case layout
    /// What a tag stands for, now or at some point of its history.
    case image(ImageReference)
    /// What these entries of a tag stand for.
    case entries([Descriptor], tag: String)
  }

  let layout: ImageLayout
  let scope: Scope
  let isDeep: Bool
  private let invocation: Invocation
  /// Told how far it is, in the caller's thread.
  public var onProgress: (ExtractionProgress) -> Void = { _ in }

  /// Prepares a verification.
  ///
  /// - Parameters:
  ///   - layout: The layout.
  ///   - scope: Which part of it.
  ///   - isDeep: Whether layers are looked into: diff IDs, tar structure, names.
  ///   - invocation: Who asks.
  public init(
    _ layout: ImageLayout, _ scope: Scope = .layout, isDeep: Bool = false,
    _ invocation: Invocation
  ) {
    self.layout = layout
    self.scope = scope
    self.isDeep = isDeep
    self.invocation = invocation
  }

  /// Prepares the verification of what entries of a tag stand for.
  init(_ layout: ImageLayout, entries: [Descriptor], tag: String, _ invocation: Invocation) {
    self.init(layout, .entries(entries, tag: tag), invocation)
  }

  /// Verifies.
  ///
  /// What is found while others write is looked at again.
  ///
  /// - Throws: ``ReferenceError`` and ``JournalError`` when there is no such image;
  ///   ``JournalError/newerFormat(path:found:supported:)``; ``SyscallError`` when there are too few open
  ///   files. Damage is never an error.
  public func run() throws -> LayoutVerification {
    try layout.root.requireRoom(forFiles: Self.openFiles + 2 * ParallelWork.threadCount)
    var result: LayoutVerification
    var tries = 0
    repeat {
      let before = try? layout.readIndex().digest
      result = try look()
      tries += 1
      // What went with a tag that was removed meanwhile is not missing.
      if result.isSound || before == (try? layout.readIndex().digest) { break }
    } while tries < Self.attempts
    return result
  }

  /// How often a layout is looked at again while its index.json changes.
  private static let attempts = 3
  /// How many files may be needed at once, beside those of the threads that read.
  private static let openFiles = 32

  private func look() throws -> LayoutVerification {
    let copies = ContentFinder(of: layout)
    let roots = try roots()
    let isWhole = if case .all = roots { true } else { false }
    var examination = LayoutVerifier.examine(
      layout, roots, notesFiles: isWhole, copy: { copies?.document($0.digest) })
    let kept = isWhole ? KeptFile.all(in: layout) : (files: [], unknown: [])
    for path in kept.unknown {
      let isBelow = path.hasPrefix(layout.path + "/")
      let name = isBelow ? String(path.dropFirst(layout.path.count + 1)) : path
      examination.add(LayoutFinding(.unknownFile, name, "no known tool makes a file of this name"))
    }
    read(kept.files, &examination)
    var result = LayoutVerification()
    result.counts = counts(examination, kept.files)
    // What several tags reach was found once for each.
    result.findings = Set(examination.findings.sorted.map(examination.withAllTags)).sorted()
    result.damaged = examination.damaged
    if isWhole { try addAudit(to: &result) }
    return result
  }

  private func roots() throws -> LayoutVerifier.Roots {
    let reference: ImageReference
    switch scope {
    case .layout: return .all
    case .entries(let entries, let tag): return .entries(entries, tag: tag)
    case .image(let image): reference = image
    }
    let index = try layout.readIndex().index
    let context = MutationContext(
      layout, history: try OperationHistory.open(layout), invocation)
    let name = if case .tag(let tag) = reference { tag.name.rawValue } else { "\(reference)" }
    return .entries(try ImageSource(reference).entries(in: index, context), tag: name)
  }

  private func addAudit(to result: inout LayoutVerification) throws {
    let audit = try HistoryAudit(of: layout, .everything, now: invocation.now()).run()
    result.counts.records = audit.recordCount
    result.counts.copies += audit.documentCount
    result.findings = Set(result.findings).union(audit.findings).sorted()
  }

  private func counts(
    _ examination: LayoutExamination, _ kept: [KeptFile]
  ) -> LayoutVerification.Counts {
    var counts = LayoutVerification.Counts()
    counts.entries = examination.entryCount
    counts.documents = examination.documentCount
    counts.blobs = examination.pending.count
    counts.bytes = ByteCount(sum: examination.pending.map(\.size))
    (counts.unreferenced, counts.unreferencedBytes) = examination.unreferenced
    counts.copies = Int64(kept.count)
    return counts
  }
}

/// Reading what is large.
extension VerifyLayout {
  private enum Piece: Sendable {
    case blob(BlobInspection)
    case kept(KeptFile)

    var size: Int64 {
      switch self {
      case .blob(let inspection): inspection.blob.size
      case .kept(let file): file.size
      }
    }
  }

  /// Reads the blobs that are left, and kept files, and adds what is wrong with them.
  private func read(_ kept: [KeptFile], _ examination: inout LayoutExamination) {
    let pending = examination.pending
    let known = Set(pending.map(\.digest))
    let isShared = { (file: KeptFile) in file.isBlobItself && known.contains(file.digest) }
    let pieces =
      pending.map { Piece.blob(BlobInspection($0, isDeep: isDeep)) }
      + kept.filter { !isShared($0) }.map { .kept($0) }
    let outcomes = read(pieces)
    for (blob, outcome) in zip(pending, outcomes) {
      examination.add(outcome.findings, isDamaged: outcome.isDamaged, of: blob)
    }
    let unclear = Set(pending.indices.filter { outcomes[$0].needsImage })
    // Images of the same layers have one answer.
    var looked: Set<[Int]> = []
    for image in examination.images {
      guard let last = image.lastIndex(where: unclear.contains),
        looked.insert(Array(image[...last])).inserted
      else { continue }
      let layers = image[...last].map { pending[$0] }
      let finding = LayersInspection(layers).run(in: layout.blobs)
      if let finding { examination.add(finding) }
    }
    for finding in outcomes[pending.count...].flatMap(\.findings) { examination.add(finding) }
    // A damaged blob's second name is as damaged as the first, when both are one file.
    for file in kept where isShared(file) && examination.damaged[file.digest] != nil {
      examination.add(file.finding("it is one file with the damaged blob"))
    }
  }

  private func read(_ pieces: [Piece]) -> [BlobInspection.Outcome] {
    let counter = Counter(ByteCount(sum: pieces.map(\.size)), pieces.count)
    let blobs = layout.blobs
    let onProgress = onProgress
    return ParallelWork.map(
      pieces, weight: \.size, onProgress: { onProgress(counter.value) }
    ) { piece, report in
      defer { counter.end() }
      let onBytes = { (count: Int) in
        counter.add(count)
        report()
      }
      switch piece {
      case .blob(let inspection): return inspection.run(in: blobs, onBytes: onBytes)
      case .kept(let file):
        return BlobInspection.Outcome(
          findings: [file.verify(onBytes: onBytes)].compactMap { $0 })
      }
    }
  }

  /// How much was read by all threads.
  private final class Counter: Sendable {
    private let bytes = Atomic<Int64>(0)
    private let pieces = Atomic<Int>(0)
    private let totalBytes: ByteCount
    private let total: Int

    init(_ totalBytes: ByteCount, _ total: Int) {
      self.totalBytes = totalBytes
      self.total = total
    }

    func add(_ count: Int) { bytes.wrappingAdd(Int64(count), ordering: .relaxed) }
    func end() { pieces.wrappingAdd(1, ordering: .relaxed) }

    var value: ExtractionProgress {
      ExtractionProgress(
        layer: min(pieces.load(ordering: .relaxed) + 1, total), layerCount: total,
        bytes: bytes.load(ordering: .relaxed), totalBytes: totalBytes)
    }
  }
}
