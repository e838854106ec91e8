import Journal
import Store
import Testing

@Suite struct OperationReferenceTests {
  static let now = Timestamp(secondsSinceEpoch: 1_795_000_000)

  @Test(arguments: [
    ("3", OperationReference.Base.sequence(3), 0),
    ("op:3", .sequence(3), 0),
    ("0", .sequence(0), 0),
    ("kxmq", .id("kxmq"), 0),
    ("op:kxmqzyvwlnopqrst", .id("kxmqzyvwlnopqrst"), 0),
    ("@", .newest, 0),
    ("op:@", .newest, 0),
    ("@^", .newest, 1),
    ("3^", .sequence(3), 1),
    ("@^^", .newest, 2),
    ("@~2", .newest, 2),
    ("@~", .newest, 1),
    ("kx~2^", .id("kx"), 3),
    ("9223372036854775807~9223372036854775807", .sequence(.max), .max),
  ])
  func `an operation is read`(text: String, base: OperationReference.Base, steps: Int64) throws {
    let reference = try #require(OperationReference(text))
    #expect(reference.base == base)
    #expect(reference.stepsBack == steps)
    #expect(reference.description == text)
  }

  @Test(arguments: ["latest@{1}", "op:latest@{1}", "latest@{op:3}", "a:b@{2.days.ago}^"])
  func `a tag's move is an operation`(text: String) throws {
    let reference = try #require(OperationReference(text, now: Self.now))
    guard case .move = reference.base else {
      Issue.record("\(reference)")
      return
    }
    #expect(reference.stepsBack == (text.hasSuffix("^") ? 1 : 0))
    #expect(OperationReference(text) == nil, "no tags where none are wanted")
  }

  @Test(arguments: [
    "", "^", "~", "~2", "op:", "op:^", "latest", "@@", "-1", "+1", "3~-1", "3~x",
    "99999999999999999999",
    "@~9223372036854775807^", "KXMQ", "kxmqzyvwlnopqrstk", "latest@{", "@{1}", "3 ", "op:op:3",
    "\u{661}",
  ])
  func `anything else is none`(text: String) {
    #expect(OperationReference(text, now: Self.now) == nil)
  }

  @Test func `a tag within a tag is refused however deep`() {
    let text =
      String(repeating: "a@{op:", count: 20_000) + "3" + String(repeating: "}", count: 20_000)
    #expect(OperationReference(text, now: Self.now) == nil)
  }
}
