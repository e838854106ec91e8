/// The checksum at the end of each page of `journal.db`: what a failing disk, a stray write or a bad
/// copy has changed is found when the page is read, instead of being believed.
///
/// SQLite leaves the last ``reservedBytes`` of each page alone (fileformat2.html, §1.3.4). The
/// checksum covers the rest of the page and its number, so that a page in the wrong place is found
/// too. It is no protection against somebody who means to deceive: the hash chain of the records is.
enum PageChecksum {
  /// The size of every page in bytes.
  static let pageSize = 4096
  /// How many bytes at the end of a page SQLite leaves to us.
  static let reservedBytes: Int32 = 8

  private static let wordCount = pageSize / 8 - 1
  private static let multiplier: UInt64 = 0x9e37_79b9_7f4a_7c15

  /// The checksum of a page.
  ///
  /// Each step is a bijection, so one changed word always changes the result.
  static func of(_ page: UnsafeRawPointer, number: Int64) -> UInt64 {
    var sum = UInt64(bitPattern: number) ^ 0x6f63_6974_7870_6167
    for index in 0..<wordCount {
      sum ^= UInt64(littleEndian: page.loadUnaligned(fromByteOffset: index &* 8, as: UInt64.self))
      sum = sum &* multiplier
      sum ^= sum >> 29
    }
    return sum
  }

  /// Whether a page is as it was written.
  static func isRight(_ page: UnsafeRawPointer, number: Int64) -> Bool {
    let stored = page.loadUnaligned(fromByteOffset: wordCount &* 8, as: UInt64.self)
    return UInt64(littleEndian: stored) == of(page, number: number)
  }

  /// Puts a page's checksum into it.
  static func finalise(_ page: UnsafeMutableRawPointer, number: Int64) {
    let sum = of(page, number: number).littleEndian
    page.storeBytes(of: sum, toByteOffset: wordCount &* 8, as: UInt64.self)
  }
}
