internal import Testing

@testable internal import Store

private let hex = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"

@Suite struct IdentifierTests {
  @Test(arguments: ["sha256:" + hex, "sha512:" + hex + hex, "a+b.c_d-e1:Az09=_-", "x:y"])
  func `a digest survives parsing`(text: String) throws {
    #expect(try Digest(parsing: text).description == text)
  }

  @Test(arguments: [
    "", ":", "sha256", "sha256:", ":abc", "sha256:abc", "sha256:" + hex + "0", "SHA256:" + hex,
    "sha256:" + hex.uppercased(), "sha256:../../etc/passwd", "../x:abc", "a/b:c", "a++b:c", "+a:b",
    "a+:b", "a:b:c", "a:b/c", "a:.", "sha512:" + hex, "sha256:" + hex + "\n", "a:ä", "ä:a",
  ])
  func `a malformed digest is refused`(text: String) {
    #expect(throws: DigestError.self) { try Digest(parsing: text) }
  }

  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"), ("{}", hex),
  ])
  func `SHA-256 gives the known answers`(text: String, expected: String) throws {
    #expect(Digest.sha256(of: Array(text.utf8)).encoded == expected)
    var hasher = try ContentHasher(.sha256)
    for byte in text.utf8 { hasher.update([byte]) }
    #expect(hasher.finalize().description == "sha256:" + expected)
  }

  @Test func `SHA-512 gives the known answer and others are refused`() throws {
    var hasher = try ContentHasher(.sha512)
    hasher.update(Array("abc".utf8))
    let expected =
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
      + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
    #expect(hasher.finalize().encoded == expected)
    #expect(throws: DigestError.self) { _ = try ContentHasher(.other("blake3")) }
  }

  @Test(arguments: [
    "latest", "a", "1.2.3", "a--b", "a/b", "a:b", "a@b", "a+b", "A_b", "x/y--z/0", "v1.0-rc.1",
  ])
  func `a valid reference name is accepted`(text: String) {
    #expect(ReferenceName.isValid(text))
  }

  @Test(arguments: [
    "", ".AZ94n18s", "a.", "-a", "a---b", "a..b", "a/", "/a", "a//b", "a-/b", "a/-b", "a.-b", "a b",
    "a\n", "ä", "a__b", "a--", "--a", "a--/b", "..", "a\0",
  ])
  func `an invalid reference name is refused`(text: String) {
    #expect(throws: ReferenceName.Malformed.self) { try ReferenceName(parsing: text) }
  }

  @Test(arguments: [
    ("2016-03-25T12:34:02.655002+11:00", "2016-03-25T12:34:02.655002+11:00", 1_458_869_642),
    ("1970-01-01T00:00:00+00:00", "1970-01-01T00:00:00Z", 0),
    ("1970-01-01T00:00:00-00:00", "1970-01-01T00:00:00Z", 0),
    ("1969-12-31T23:59:59.500Z", "1969-12-31T23:59:59.5Z", -1),
    ("2000-02-29T23:59:59.1234567899Z", "2000-02-29T23:59:59.123456789Z", 951_868_799),
    ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z", -62_135_596_800),
    ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z", 253_402_300_799),
    ("0000-01-01T00:00:00+23:59", "0000-01-01T00:00:00+23:59", -62_167_305_540),
  ])
  func `a time keeps its offset`(text: String, spelling: String, seconds: Int64) throws {
    let time = try Timestamp(parsing: text)
    #expect(time.description == spelling)
    #expect(time.secondsSinceEpoch == seconds)
  }

  @Test(arguments: [
    "", "not a date", "Jan 04 2004", "2016-03-25", "2016-03-25T12:34:02", "2016-13-01T00:00:00Z",
    "2016-02-30T00:00:00Z", "1900-02-29T00:00:00Z", "2016-01-01T24:00:00Z", "2016-01-01T00:60:00Z",
    "2016-01-01T00:00:60Z", "2016-01-01T00:00:00.Z", "2016-01-01T00:00:00+24:00",
    "2016-01-01T00:00:00Zx", "2016-01-01t00:00:00Z", "2016-00-01T00:00:00Z", "16-01-01T00:00:00Z",
  ])
  func `a malformed time is refused`(text: String) {
    #expect(throws: Timestamp.Malformed.self) { try Timestamp(parsing: text) }
  }

  @Test func `times never leave the range that can be spelt`() {
    #expect(Timestamp(secondsSinceEpoch: .max).description == "9999-12-31T23:59:59Z")
    #expect(Timestamp(secondsSinceEpoch: .min).description == "0000-01-01T00:00:00Z")
    let last = Timestamp(secondsSinceEpoch: .max).adding(seconds: .max)
    #expect(last == Timestamp(secondsSinceEpoch: .max))
    #expect(Timestamp(secondsSinceEpoch: 0) < Timestamp(secondsSinceEpoch: 0, nanoseconds: 1))
  }

  @Test func `each day of eight centuries converts back`() {
    var day: Int64 = -200_000
    while day < 100_000 {
      let civil = CivilDay(daysSinceEpoch: day)
      #expect(civil.daysSinceEpoch == day)
      day += 7
    }
  }

  @Test func `platforms parse and match`() throws {
    let arm = try Platform(parsing: "linux/arm64/v8")
    #expect(arm.description == "linux/arm64/v8")
    #expect(Platform(os: "linux", architecture: "arm64").matches(arm))
    #expect(
      !Platform(os: "linux", architecture: "arm", variant: "v6").matches(
        try Platform(parsing: "linux/arm/v7")))
    for text in ["", "linux", "linux/", "/amd64", "a/b/c/d", "a/b/", "a b/c"] {
      #expect(throws: Platform.Malformed.self) { try Platform(parsing: text) }
    }
  }

  @Test(
    arguments: [([], ""), ([0], "AA=="), ([0, 255], "AP8="), ([1, 2, 3], "AQID")]
      as [([UInt8], String)])
  func `base64 goes both ways`(bytes: [UInt8], text: String) {
    #expect(Base64.encode(bytes) == text)
    #expect(Base64.decode(text) == bytes)
  }

  @Test(arguments: ["A", "AA", "AA=", "A===", "AB==", "AAB=", "AA==AA==", "A A=", "====", "AA=A"])
  func `malformed base64 is refused`(text: String) {
    #expect(Base64.decode(text) == nil)
  }
}
