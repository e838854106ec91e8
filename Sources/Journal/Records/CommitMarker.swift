/// The mark that every index.json of ours carries in its annotations: which state it is.
///
/// Tools that know nothing of it keep it when they rewrite the file, so a foreign version of
/// index.json tells which state it started from. docs/on-disk-format.md has the grammar.
public struct CommitMarker: Equatable, Hashable, Sendable, CustomStringConvertible {
  /// The annotation's key.
  public static let key = "io.umoci-tx.stamp"

  /// The number of hexadecimal digits of the chain that it carries.
  static let chainLength = 16

  /// The operation's sequence number.
  public let sequence: Int64
  /// The operation's id.
  public let operation: OperationID
  /// The first digits of the hash of the operation's record.
  public let chain: String

  /// Makes a stamp from its parts.
  init(sequence: Int64, operation: OperationID, chain: String) {
    self.sequence = sequence
    self.operation = operation
    self.chain = chain
  }

  /// Reads a stamp; nil when the text is none.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, let sequence = Int64(parts[0]), sequence > 0,
      let operation = OperationID(String(parts[1])), parts[2].utf8.count == Self.chainLength,
      parts[2].utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
    else { return nil }
    self.init(sequence: sequence, operation: operation, chain: String(parts[2]))
  }

  /// The stamp before its record's hash is known: the record holds the digest of an index with
  /// this one, so that the record and the index can vouch for each other.
  var provisional: CommitMarker {
    CommitMarker(
      sequence: sequence, operation: operation,
      chain: String(repeating: "0", count: Self.chainLength))
  }

  /// The annotation's value.
  public var description: String { "\(sequence):\(operation):\(chain)" }
}
