/// The name of one operation: sixteen letters from `k` to `z`, chosen at random (64 bits).
///
/// Letters only, so that a prefix of an id is never taken for a sequence number, and no vowels but
/// `o` and `u`, so that ids spell few words.
public struct OperationID: Hashable, Sendable, CustomStringConvertible {
  /// The letters that stand for the hexadecimal digits 0 to f.
  static let alphabet: [UInt8] = Array("klmnopqrstuvwxyz".utf8)

  /// The number of letters.
  public static let length = 16

  /// The letters.
  public let text: String

  /// Makes an id from eight random bytes.
  public init(randomBytes: some Sequence<UInt8>) {
    let letters = randomBytes.prefix(8).flatMap {
      [Self.alphabet[Int($0 >> 4)], Self.alphabet[Int($0 & 15)]]
    }
    text = String(decoding: letters, as: UTF8.self)
  }

  /// Reads a complete id; nil when the text is none.
  public init?(_ text: String) {
    guard text.utf8.count == Self.length, Self.isPrefix(text) else { return nil }
    self.text = text
  }

  /// Whether the text could be the beginning of an id.
  public static func isPrefix(_ text: String) -> Bool {
    (1...length).contains(text.utf8.count) && text.utf8.allSatisfy(alphabet.contains)
  }

  /// What people are shown: enough letters to tell the operations of one layout apart.
  public var shortForm: String { String(text.prefix(8)) }

  /// The letters.
  public var description: String { text }
}
