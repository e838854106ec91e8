/// The one line of `.ocitx/format`: the version of our folder and the id of its journal.
struct StoreFormat: Equatable, Sendable {
  /// The version that this program writes, and the newest that it reads.
  static let currentVersion: Int64 = 1

  /// The version of the folder.
  let version: Int64
  /// The random id of the journal, 32 hexadecimal digits; a copied layout gets a new one.
  let storeID: String

  /// A format of the current version.
  init(storeID: String) {
    version = Self.currentVersion
    self.storeID = storeID
  }

  /// Reads the line; nil when it is none.
  ///
  /// Of a newer version only the beginning is known; of ours every byte.
  init?(parsing bytes: [UInt8]) {
    let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    guard words.count >= 3, words[0] == "umoci-tx-store", let version = Int64(words[1]),
      version >= 1, words[2].utf8.count == 32
    else { return nil }
    self.version = version
    storeID = String(words[2])
    let isHexadecimal = storeID.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
    }
    guard version > Self.currentVersion || isHexadecimal && bytes == self.bytes else { return nil }
  }

  /// The line.
  var bytes: [UInt8] { Array("umoci-tx-store \(version) \(storeID)\n".utf8) }

  /// A new id from sixteen random bytes.
  static func makeStoreID(randomBytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: randomBytes.prefix(16).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
      as: UTF8.self)
  }
}
