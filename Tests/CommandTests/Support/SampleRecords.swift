import Store

@testable import Journal

/// Made-up operations for rendering.
enum SampleRecords {
  /// A digest that is easy to recognise.
  static func digest(_ letter: String) throws -> Digest {
    try Digest(parsing: "sha256:" + String(repeating: letter, count: 64))
  }

  /// A manifest's descriptor of such a digest.
  static func descriptor(_ letter: String) throws -> Descriptor {
    Descriptor(
      mediaType: MediaType(rawValue: "application/vnd.oci.image.manifest.v1+json"),
      digest: try digest(letter), size: 735)
  }

  /// An edit between two such digests; nil stands for nothing.
  static func edit(_ name: String, _ before: String?, _ after: String?) throws -> TagEdit {
    TagEdit(
      key: .name(name), before: try before.map { [try descriptor($0)] } ?? [],
      after: try after.map { [try descriptor($0)] } ?? [])
  }

  /// A full record.
  static func record(
    _ sequence: Int64 = 12, kind: OperationKind = .tag, edits: [TagEdit],
    arguments: [String] = ["umoci-tx", "tag", "--image", "app:1.0", "latest"],
    message: String? = nil
  ) throws -> OperationRecord {
    let invocation = Invocation.fixed(arguments: arguments, in: "/home/anna")
    var author = OperationRecord.Author(invocation)
    author.message = message
    return OperationRecord(
      store: "0011223344556677", sequence: sequence,
      id: OperationID(randomBytes: [1, 2, 3, 4, 5, 6, 7, 8]), previous: try digest("9"),
      kind: kind, time: .fixed, wallClock: .fixed, duration: 4213, author: author,
      indexBefore: try digest("a"), indexAfter: try digest("b"), edits: edits, addedBlobs: [],
      reverts: nil, baseStamp: nil, conflicts: [], recovered: nil, details: [:])
  }
}
