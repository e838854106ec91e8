import Mutations
import Store
import TestSupport

@testable import Journal

extension TestLayout {
  /// Runs a gc.
  ///
  /// The clock of tests is far ahead of the files', so that no blob is young unless it is asked for.
  @discardableResult
  func collect(grace: Int64 = 0, trashAge: Int64? = nil) throws -> CollectionReport {
    try CollectGarbage(
      open(), invocation, WritingOptions(durability: .relaxed),
      CollectionOptions(grace: grace, trashAge: trashAge)
    ).run()
  }

  /// What a gc would do.
  func planCollection(grace: Int64 = 0) throws -> CollectionReport {
    try CollectGarbage(
      open(), invocation, WritingOptions(durability: .relaxed), CollectionOptions(grace: grace)
    ).plan()
  }

  /// Nothing but the present is kept from now on, or what so many days need.
  func forgetHistory(days: String = "0") throws {
    try set(.undoDays, to: days)
    try set(.undoOperations, to: "0")
  }

  /// Undoes the newest operation.
  @discardableResult
  func undoNewest() throws -> OperationRecord? {
    guard let newest = try history().newest()?.record else { return nil }
    return try run(UndoOperation(newest, kind: newest.kind == .undo ? .redo : .undo))
  }

  /// Everything that an image consists of.
  func content(of descriptor: Descriptor) throws -> [Digest] {
    let blobs = try open().blobs
    let children = try DocumentChildren.descriptors(
      in: blobs.readDocument(descriptor), of: descriptor)
    return [descriptor.digest] + children.map(\.digest)
  }

  /// Where a blob is, below the layout, sorted.
  func places(of digest: Digest) throws -> [String] {
    let file = BlobStore.relativePath(of: digest)
    var places = ["blobs", ".ocitx/keep"].filter { Files.exists("\(path)/\($0)/\(file)") }
    for operation in try names(in: ".ocitx/trash")
    where Files.exists("\(path)/.ocitx/trash/\(operation)/\(file)") {
      places.append("trash")
    }
    return places
  }
}
