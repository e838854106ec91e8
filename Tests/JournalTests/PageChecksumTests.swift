import Store
import TestSupport
import Testing

@testable import Journal

/// The checksums in the pages of the database.
@Suite struct PageChecksumTests {
  private let folder: TemporaryDirectory
  private var path: String { folder("journal.db") }

  init() throws {
    folder = try TemporaryDirectory()
    try Files.write("", to: folder("journal.db"))
    let database = try JournalDatabase(
      writing: DatabaseFile(at: path), durability: .relaxed)
    // Documents longer than a page lie in pages of their own, which are read in parts.
    for letter in 0..<UInt8(8) {
      let bytes = [UInt8](repeating: letter, count: 10_000)
      try database.insertDocuments([(Digest.sha256(of: bytes), bytes)])
    }
  }

  private func document(_ letter: UInt8) throws -> [UInt8]? {
    let bytes = [UInt8](repeating: letter, count: 10_000)
    return try JournalDatabase(reading: DatabaseFile(at: path)).document(Digest.sha256(of: bytes))
  }

  @Test func `every page has its checksum, and long values are read`() throws {
    let bytes = try Files.read(path)
    #expect(bytes.count % PageChecksum.pageSize == 0)
    for number in 0..<bytes.count / PageChecksum.pageSize {
      let start = number * PageChecksum.pageSize
      let isRight = bytes[start..<start + PageChecksum.pageSize].withUnsafeBytes { page in
        page.baseAddress.map { PageChecksum.isRight($0, number: Int64(number)) }
      }
      #expect(isRight == true, "page \(number)")
    }
    for letter in 0..<UInt8(8) { #expect(try document(letter)?.count == 10_000) }
  }

  @Test func `a changed bit of a page that is read is an error, never an answer`() throws {
    let whole = try Files.read(path)
    var dice = SplitMix(announcing: TestEffort.seed(for: "bits"))
    var found = 0
    let file = try DatabaseFile(at: path)
    for _ in 0..<100 {
      var bytes = whole
      let bit = UInt8(1) << Int.random(in: 0..<8, using: &dice)
      bytes[Int.random(in: 0..<bytes.count, using: &dice)] ^= bit
      try Files.write(bytes, to: path)
      do throws(JournalError) {
        let database = try JournalDatabase(reading: file)
        let totals = try database.documentTotals()
        #expect(totals.count == 8 && totals.bytes == 80_000)
        try DatabaseRecovery.checkIntegrity(of: database)
      } catch {
        guard case .databaseCorrupt = error else { throw error }
        found += 1
      }
    }
    #expect(found > 50)
  }

  @Test func `a database without checksums is damaged`() throws {
    let bytes = try Files.read(path)
    var bare = bytes
    let size = PageChecksum.pageSize
    for end in stride(from: size, through: bytes.count, by: size) {
      for index in end - 8..<end { bare[index] = 0 }
    }
    try Files.write(bare, to: path)
    #expect(throws: JournalError.self) {
      try JournalDatabase(reading: DatabaseFile(at: path)).documentTotals()
    }
  }

  @Test func `a database that was cut off is damaged`() throws {
    let whole = try Files.read(path)
    for length in [1, 99, 4095, 4096, 4097, whole.count / 2, whole.count - 1] {
      try Files.write(Array(whole.prefix(length)), to: path)
      #expect(throws: JournalError.self, "\(length)") {
        let database = try JournalDatabase(reading: DatabaseFile(at: path))
        try DatabaseRecovery.checkIntegrity(of: database)
      }
    }
  }
}
