import Glibc
import Mutations
import Store
import TestSupport

@testable import Journal

/// How a tool that knows nothing of us writes index.json.
enum ForeignStyle: CaseIterable {
  /// As umoci does: a new file, renamed over the old one.
  case rename
  /// As skopeo does: the old file, truncated.
  case inPlace
}

extension TestLayout {
  var indexPath: String { path + "/index.json" }

  func index() throws -> ImageIndex { try open().readIndex().index }

  /// Writes bytes as another tool would.
  func writeForeign(_ bytes: [UInt8], _ style: ForeignStyle = .rename) throws {
    switch style {
    case .rename:
      try Files.write(bytes, to: indexPath + ".tmp")
      guard Glibc.rename(indexPath + ".tmp", indexPath) == 0 else {
        throw TestFailure("rename: \(errno)")
      }
    case .inPlace:
      try Files.write(bytes, to: indexPath)
    }
  }

  /// Another tool reads `base` (index.json when nil), changes it and writes it.
  func changeForeign(
    from base: ImageIndex? = nil, _ style: ForeignStyle = .rename,
    _ change: (inout ImageIndex) -> Void
  ) throws {
    try writeForeign(foreignBytes(from: base ?? index(), change), style)
  }

  func foreignBytes(
    from base: ImageIndex, _ change: (inout ImageIndex) -> Void
  ) -> [UInt8] {
    var index = base
    change(&index)
    // Its own spelling, so that it is never by chance what we wrote.
    return [0x20] + index.serialized()
  }

  func descriptor(_ tag: String) throws -> Descriptor {
    guard let entry = try index().entries(named: tag).first else {
      throw TestFailure("no tag \(tag)")
    }
    return entry.descriptor
  }

  /// Adds an image's blobs as another tool would.
  func addForeignImage(_ text: String) throws -> Descriptor {
    try LayoutBuilder(at: path).addImage([text])
  }

  func log() throws -> [OperationRecord] {
    try history().operations(HistoryFilter()).map(\.record)
  }

  func status() throws -> JournalStatus {
    try JournalStatus(of: open(), history(), now: invocation.now())
  }

  @discardableResult
  func remove(_ tag: String) throws -> OperationRecord? {
    try run(RemoveTag(ReferenceName(parsing: tag)))
  }

  /// What index.json says: each tag's digest.
  func tags() throws -> [String: Digest] {
    Dictionary(
      try index().entries.compactMap { entry in
        entry.referenceName.map { ($0, entry.descriptor.digest) }
      }, uniquingKeysWith: { first, _ in first })
  }

  /// What another tool's gc does: every blob that index.json does not reach goes.
  func collectForeign() throws {
    let blobs = try open().blobs
    var kept: Set<Digest> = []
    var pending = try index().entries.map(\.descriptor)
    while let descriptor = pending.popLast() {
      guard kept.insert(descriptor.digest).inserted,
        DocumentChildren.refersToOthers(descriptor.mediaType),
        let bytes = try? blobs.readDocument(descriptor)
      else { continue }
      pending += try DocumentChildren.descriptors(in: bytes, of: descriptor)
    }
    for algorithm in try names(in: "blobs") {
      for name in try names(in: "blobs/" + algorithm)
      where !kept.contains(try Digest(parsing: algorithm + ":" + name)) {
        try Files.remove("\(path)/blobs/\(algorithm)/\(name)")
      }
    }
  }

  func blobExists(_ digest: Digest) -> Bool {
    Files.exists(path + "/blobs/" + BlobStore.relativePath(of: digest))
  }

  /// Prepares a tag by hand, lets `meanwhile` run, then commits.
  @discardableResult
  func tag(
    _ tag: String, to source: String, meanwhile: () throws -> Void
  ) throws -> RecoveryReport {
    guard let prepared = try prepareTag(tag, to: source) else {
      throw TestFailure("nothing to do")
    }
    try meanwhile()
    return try prepared.commit().1
  }

  /// Dies when a tag is prepared.
  func dieWithTag(_ tag: String, to source: String) throws {
    try prepareTag(tag, to: source)?.leave()
  }

  /// A tag as far as being prepared.
  func prepareTag(_ tag: String, to source: String) throws -> PreparedTransaction? {
    let journal = try OperationJournal(
      writing: open(), invocation, WritingOptions(durability: .relaxed))
    let transaction = try journal.begin(.tag, stages: false)
    let target = try descriptor(source)
    return try transaction.prepare { index in
      .init(edits: [
        TagEdit(
          key: .name(tag), before: index.entries(named: tag).map(\.descriptor),
          after: [target.settingAnnotation(Annotations.referenceName, to: tag)])
      ])
    }
  }
}
