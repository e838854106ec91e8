@testable import Journal
@testable import Layers
@testable import Store

/// An index.json: what is read comes out as it was, and merging it with anything ends.
func readIndex(_ bytes: [UInt8]) {
  guard let file = try? IndexFile(parsing: bytes, path: "index.json") else { return }
  let again = try? IndexFile(parsing: file.index.serialized(), path: "index.json")
  precondition(again != nil)
  let (ours, theirs) = (IndexState(), IndexState(file.index))
  let merge = IndexMerge(base: ours, ours: ours, theirs: theirs)
  precondition(merge.reapplied.isEmpty && merge.conflicts.isEmpty)
  _ = file.index.annotation(CommitMarker.key).flatMap { CommitMarker($0) }
  for entry in file.index.entries {
    _ = entry.descriptor.platform?.description
    _ = EntryKey(entry).description
  }
}

func readManifest(_ bytes: [UInt8]) {
  guard let document = try? JSONDocument(parsing: bytes, limits: .blob, named: "manifest"),
    let manifest = try? ImageManifest(document)
  else { return }
  _ = [manifest.config].compactMap(\.self) + manifest.layers
}

func readConfig(_ bytes: [UInt8]) {
  guard let document = try? JSONDocument(parsing: bytes, limits: .blob, named: "config") else {
    return
  }
  _ = try? ImageConfig(document)
}

/// A record: what is read is written as what would be read again.
func readRecord(_ bytes: [UInt8]) {
  guard let record = try? OperationRecord(parsing: bytes, named: "record") else { return }
  let canonical = record.canonicalBytes()
  let again = try? OperationRecord(parsing: canonical, named: "record")
  precondition(again?.canonicalBytes() == canonical)
}

func readBundleMetadata(_ bytes: [UInt8]) {
  guard let metadata = try? BundleMetadata(parsing: bytes, named: "umoci.json") else { return }
  precondition(
    (try? BundleMetadata(parsing: metadata.serialized(), named: "umoci.json")) != nil)
}

func readStatCache(_ bytes: [UInt8]) {
  guard let block = try? StatCacheBlock(bytes) else { return }
  for file in block.files + [block.folder] {
    _ = block.linkTarget(file)
    _ = block.attributes(file)
    _ = block.digest(file)
  }
}

/// What people type: times, revisions, names.
func readExpressions(_ bytes: [UInt8]) {
  let text = String(decoding: bytes.prefix(4096), as: UTF8.self)
  let now = Timestamp(secondsSinceEpoch: 1_800_000_000, nanoseconds: 0, offsetMinutes: 0)
  _ = try? TimeExpression(parsing: text, now: now)
  _ = OperationReference(text, now: now)
  _ = try? TagRevision(parsing: text, now: now)
  _ = try? TagReference(parsing: text, now: now)
  _ = try? Timestamp(parsing: text)
  _ = try? Platform(parsing: text)
  _ = CommitMarker(text)
  _ = ReplacedIndex(name: text)
}
