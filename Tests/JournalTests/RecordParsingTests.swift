import Store
import TestSupport
import Testing

@testable import Journal

@Suite struct RecordParsingTests {
  private static func sample() throws -> OperationRecord {
    let descriptor = Descriptor(
      mediaType: .imageManifest, digest: Digest.sha256(of: [1]), size: 12)
    let index = IndexFile(
      unchecked: .empty, bytes: ImageIndex.empty.serialized(), digest: Digest.sha256(of: [2]))
    let invocation = Invocation(
      arguments: ["umoci-tx", "tag"], workingDirectory: "/", userID: 1, userName: "u",
      sudoUser: nil, hostName: "h", machineID: "machine", processID: 2,
      programVersion: "0", message: "why",
      now: { Timestamp(secondsSinceEpoch: 5) }, randomBytes: { .init(repeating: 7, count: $0) })
    var draft = Draft(
      id: invocation.makeOperationID(), kind: .tag, edits: [],
      author: OperationRecord.Author(invocation), started: invocation.now())
    draft.edits = [TagEdit(key: .name("t"), before: [], after: [descriptor])]
    draft.conflicts = [.init(key: .unnamed(descriptor.digest), theirs: [descriptor])]
    return Finalisation(store: "s", now: invocation.now())
      .finalise(draft, after: nil, before: nil, found: index).record
  }

  @Test func `a record is read as it was written`() throws {
    let bytes = try Self.sample().canonicalBytes()
    #expect(try OperationRecord(parsing: bytes, named: "x").canonicalBytes() == bytes)
  }

  @Test func `a hostile record is refused or read and never more`() throws {
    let seed = TestEffort.seed
    var dice = SplitMix(announcing: seed)
    let whole = try Self.sample().canonicalBytes()
    let pieces = [
      "-1", "9223372036854775807", "1e999", "null", "[]", "{}", "\"\"", "\u{0}", "\\u0000",
      "99999999999999999999",
    ]
    for _ in 0..<1500 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...3, using: &dice) {
        let start = Int.random(in: 0..<bytes.count, using: &dice)
        let end = min(bytes.count, start + Int.random(in: 0...8, using: &dice))
        let piece = pieces.randomElement(using: &dice) ?? ""
        bytes.replaceSubrange(start..<end, with: Array(piece.utf8))
      }
      do {
        let record = try OperationRecord(parsing: bytes, named: "x")
        #expect(!record.canonicalBytes().isEmpty, "seed \(seed)")
      } catch {
        guard case .brokenRecord = error else {
          Issue.record("seed \(seed): \(error)")
          return
        }
      }
    }
  }

  @Test(arguments: [
    "", ":", "::", "1:kkkkkkkkkkkkkkkk", "0:kkkkkkkkkkkkkkkk:0123456789abcdef",
    "-1:kkkkkkkkkkkkkkkk:0123456789abcdef", "1:kkkkkkkkkkkkkkka:0123456789abcdef",
    "1:kkkkkkkkkkkkkkkk:0123456789abcdeF", "1:kkkkkkkkkkkkkkkk:0123456789abcde",
    "99999999999999999999:kkkkkkkkkkkkkkkk:0123456789abcdef",
    "1:kkkkkkkkkkkkkkkk:0123456789abcdef:", "\u{661}:kkkkkkkkkkkkkkkk:0123456789abcdef",
  ])
  func `what is no stamp is none`(text: String) {
    #expect(CommitMarker(text) == nil)
  }

  @Test func `a stamp is read as it was written`() {
    let text = "12:klmnopqrstuvwxyz:0123456789abcdef"
    #expect(CommitMarker(text)?.description == text)
  }

  @Test(arguments: [
    (["--password=x", "a"], ["--password=***", "a"]),
    (["--creds", "u:p", "a"], ["--creds", "***", "a"]),
    (["--dest-creds", "u:p"], ["--dest-creds", "***"]),
    (["--src-registry-token", "x"], ["--src-registry-token", "***"]),
    (["--password-stdin", "--x"], ["--password-stdin", "--x"]),
    (["--config.env", "API_TOKEN=x"], ["--config.env", "API_TOKEN=***"]),
    (["--config.env=DB_PASSWORD=x"], ["--config.env=DB_PASSWORD=***"]),
    (["--password-stdin", "registry"], ["--password-stdin", "registry"]),
    (["--password", "-x"], ["--password", "***"]),
    (
      ["--config.env=API_KEY=x", "--config.env", "DB_PASS=x"],
      ["--config.env=API_KEY=***", "--config.env", "DB_PASS=***"]
    ),
    (["PGPASSWORD=x", "SSH_PRIVATE_KEY=x"], ["PGPASSWORD=***", "SSH_PRIVATE_KEY=***"]),
    (["--header", "Authorization: Bearer x"], ["--header", "Authorization: ***"]),
    (["X-Api-Key: x", "Accept: text/plain"], ["X-Api-Key: ***", "Accept: text/plain"]),
    (
      ["--header=X-Api-Key:x", "--header", "X-Auth-Token:x"],
      ["--header=X-Api-Key:***", "--header", "X-Auth-Token:***"]
    ),
    (
      ["-HAuthorization:Bearer x", "-H", "Cookie: a=b"],
      ["-HAuthorization:***", "-H", "Cookie: ***"]
    ),
    (["X-Api-Key:x", "cookie:x", "Accept:x"], ["X-Api-Key:***", "cookie:***", "Accept:x"]),
    (["--image", "token-service:1.0"], ["--image", "token-service:1.0"]),
    (["--header=Accept:x", "host:80"], ["--header=Accept:x", "host:80"]),
    (["--sign-passphrase", "x"], ["--sign-passphrase", "***"]),
    (["https://h/x?access_token=x"], ["https://h/x?access_token=***"]),
    (["--author", "me", "--config.user=1:2"], ["--author", "me", "--config.user=1:2"]),
    (["--config.label", "key=value", "monkey=1"], ["--config.label", "key=value", "monkey=1"]),
    (["docker://u:p@host/r"], ["docker://***@host/r"]),
    (["https://u:p@h/1,https://v:q@h/2"], ["https://***@h/1,https://***@h/2"]),
    (["docker://host/r@sha256:0"], ["docker://host/r@sha256:0"]),
    (["tag", "--image", "l:t", "x"], ["tag", "--image", "l:t", "x"]),
  ])
  func `secrets are masked`(arguments: [String], expected: [String]) {
    #expect(SecretRedaction.redact(arguments) == expected)
  }

  @Test(arguments: [
    "", "1", "1-a-b", "1-a-b-c", "x-a-1-1.1", "1-a-1-1.x", "1-a-99999999999999999999-1.1",
    "torn-1.json",
  ])
  func `what is no replaced index is none`(name: String) {
    #expect(ReplacedIndex(name: name) == nil)
  }
}
