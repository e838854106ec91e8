import Store
import Testing

@Suite struct DigestPrefixTests {
  private static let digits = String(repeating: "0123456789abcdef", count: 4)

  @Test(arguments: ["0123", "sha256:01234", "01234G", "01234A", "", "sha256:"])
  func `six lower-case hex digits are needed`(text: String) {
    #expect(throws: DigestPrefix.Malformed.self) { try DigestPrefix(parsing: text) }
  }

  @Test func `what is longer than a digest is none`() {
    #expect(throws: DigestPrefix.Malformed.self) {
      try DigestPrefix(parsing: "sha256:\(Self.digits)0")
    }
    #expect(throws: DigestPrefix.Malformed.self) {
      try DigestPrefix(parsing: Self.digits + Self.digits + "0")
    }
  }

  @Test func `a beginning matches with its algorithm or with any`() throws {
    let digest = try Digest(parsing: "sha256:" + Self.digits)
    let other = try Digest(parsing: "sha512:" + Self.digits + Self.digits)
    let any = try DigestPrefix(parsing: "012345")
    #expect(any.matches(digest) && any.matches(other) && any.digest == nil)
    let one = try DigestPrefix(parsing: "sha256:0123456")
    #expect(one.matches(digest) && !one.matches(other) && one.digest == nil)
    #expect(try !DigestPrefix(parsing: "012346").matches(digest))
    #expect(try DigestPrefix(parsing: digest.description).digest == digest)
    #expect(try DigestPrefix(parsing: "x:Any_1").digest?.description == "x:Any_1")
  }
}
