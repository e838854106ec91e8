import Journal
import Store
import Synchronization
import TestSupport

/// Looks at one index.json after the other while others write, and whether all is there that it reaches.
///
/// What it finds missing is judged when the storm is over and the log tells who published what.
final class CommitObserver: Sendable {
  /// A blob that an entry of an index.json reaches and that is not there, while this index.json is in
  /// place.
  struct Gap: Hashable, Sendable, CustomStringConvertible {
    let index: Digest
    let key: EntryKey
    let entry: Digest
    let blob: Digest

    var description: String { "\(key) (\(entry)) misses \(blob) in the index \(index)" }
  }

  /// What became of what was seen.
  struct Verdict {
    /// How many versions of index.json were seen, and how many of them the log knows.
    let seen: (all: Int, known: Int)
    /// What we have published and somebody has not found.
    let violations: [Gap]
    /// What another tool has published so.
    let foreign: [Gap]
    /// What a foreign gc had taken.
    let collected: [Gap]
  }

  private struct Look: Sendable {
    let index: Digest
    /// The newest operation that had certainly published when it was in place for the last time.
    let newest: Int64
    let gaps: [Gap]
  }

  private let looks: Background<Look?>

  /// Begins to look.
  init(_ arena: Arena) {
    let walk = GraphWalk(layout: arena.layout)
    looks = Background { _ in
      // Somebody may be writing it in place.
      try? walk.look()
    }
  }

  /// Ends, and holds what was seen against the log.
  ///
  /// - Parameters:
  ///   - publications: The whole log, oldest first.
  ///   - collected: What foreign gcs say that they have taken.
  func judge(
    _ publications: [(index: Digest?, record: OperationRecord)], collected: Set<Digest>
  ) throws -> Verdict {
    let looks = try looks.stop().compactMap { $0 }
    let authors = Authors(publications)
    let seen = Set(looks.map(\.index))
    let gaps = Set(looks.flatMap(\.gaps))
    let ours = Set(
      looks.filter { !authors.isWrittenBack($0.index, newest: $0.newest) }.flatMap(\.gaps)
    ).filter(authors.isOurs)
    return Verdict(
      seen: (seen.count, seen.filter(authors.knows).count),
      violations: ours.filter { !collected.contains($0.blob) },
      foreign: gaps.filter { !ours.contains($0) },
      collected: ours.filter { collected.contains($0.blob) })
  }

  /// Who has set the entries of each index.json that the log tells of.
  private struct Authors {
    private let numbers: [Digest: Int]
    private let log: [OperationRecord]

    init(_ publications: [(index: Digest?, record: OperationRecord)]) {
      log = publications.map(\.record)
      numbers = publications.enumerated().reduce(into: [:]) { numbers, publication in
        if let index = publication.element.index { numbers[index] = publication.offset }
      }
    }

    func knows(_ index: Digest) -> Bool { numbers[index] != nil }

    /// Whether an index.json was a past state when it was seen: another tool has written back what it had read,
    /// and the next of us puts it right.
    func isWrittenBack(_ index: Digest, newest: Int64) -> Bool {
      guard let number = numbers[index] else { return false }
      return log[number].sequence < newest
    }

    /// Whether an entry in an index.json is as an operation of ours has left it: what another tool has written
    /// from an older state holds entries that we had replaced.
    func isOurs(_ gap: Gap) -> Bool {
      guard let number = numbers[gap.index] else { return false }
      for record in log[...number].reversed() {
        guard let edit = record.edits.first(where: { $0.key == gap.key }) else { continue }
        return ![.external, .repair].contains(record.kind)
          && edit.after.contains { $0.digest == gap.entry }
      }
      return false
    }
  }

  /// Walks from index.json to every blob; remembers what documents refer to, which never changes.
  private final class GraphWalk: Sendable {
    private let layout: String
    private let known = Mutex<[Digest: [Descriptor]]>([:])

    init(layout: String) {
      self.layout = layout
    }

    /// What is missing; nil when index.json was replaced meanwhile.
    func look() throws -> Look? {
      let layout = try ImageLayout.open(layout)
      let before = try layout.readIndex()
      let gaps = try before.index.entries.flatMap { entry in
        try missing(entry.descriptor, in: layout).map {
          Gap(
            index: before.digest, key: EntryKey(entry), entry: entry.descriptor.digest, blob: $0)
        }
      }
      // After the walk: another tool may have written back in its middle what we had replaced.
      let newest = try newest()
      guard try layout.readIndex().digest == before.digest else { return nil }
      return Look(index: before.digest, newest: newest, gaps: gaps)
    }

    /// The number of the newest operation that has displaced another's index.json, or that is followed by
    /// one with a record, which alone may not have published yet.
    private func newest() throws -> Int64 {
      max(try newest(in: "displaced"), try newest(in: "ops") - 1)
    }

    private func newest(in folder: String) throws -> Int64 {
      try Files.names(in: layout + "/.ocitx/" + folder).compactMap { name in
        name.split(separator: "-").first.flatMap { Int64($0) }
      }.max() ?? 0
    }

    private func missing(_ root: Descriptor, in layout: ImageLayout) throws -> [Digest] {
      var missing: [Digest] = []
      var pending = [root]
      while let descriptor = pending.popLast() {
        guard try layout.blobs.contains(descriptor.digest, size: descriptor.size) else {
          missing.append(descriptor.digest)
          continue
        }
        pending += try children(of: descriptor, in: layout)
      }
      return missing
    }

    private func children(
      of descriptor: Descriptor, in layout: ImageLayout
    ) throws -> [Descriptor] {
      guard DocumentChildren.refersToOthers(descriptor.mediaType) else { return [] }
      if let known = known.withLock({ $0[descriptor.digest] }) { return known }
      // It may have gone since, which the second look at index.json tells.
      guard let bytes = try? layout.blobs.readDocument(descriptor) else { return [] }
      let children = try DocumentChildren.descriptors(in: bytes, of: descriptor)
      known.withLock { $0[descriptor.digest] = children }
      return children
    }
  }
}
