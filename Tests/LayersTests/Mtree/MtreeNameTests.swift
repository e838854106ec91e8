import Layers
import TestSupport
import Testing

@Suite struct MtreeNameTests {
  /// What gomtree, as part of umoci 0.4.7, wrote for such names.
  @Test(arguments: [
    ("plain-file.txt", "plain-file.txt"),
    ("dir with space", "dir\\040with\\040space"),
    ("f#1", "f\\0431"),
    ("*[?]", "\\052\\133\\077]"),
    ("back\\slash", "back\\\\slash"),
    ("tab\there", "tab\\011here"),
    ("new\nline dir", "new\\012line\\040dir"),
    ("ünïcode", "\\303\\274n\\303\\257code"),
    ("x=y", "x=y"),
    ("\u{7f}", "\\177"),
    ("{}~!$&'()", "{}~!$&'()"),
  ])
  func `a name is spelt`(name: String, spelling: String) {
    #expect(MtreeName.encode(name.utf8) == Array(spelling.utf8))
    #expect(MtreeName.decode(spelling.utf8) == Array(name.utf8))
  }

  @Test(
    arguments: [
      ("\\0", [0]), ("\\7", [7]), ("\\12", [10]), ("\\1234", [0o123, 0x34]),
      ("\\389", [3, 0x38, 0x39]),
      ("\\a\\b\\f\\n\\r\\s\\t\\v", [7, 8, 12, 10, 13, 32, 9, 11]),
      ("\\x41\\xfF", [0x41, 0xff]), ("\\^A\\^?\\^@", [1, 0x7f, 0]),
      ("\\M-a\\M^A\\M^?", [0xe1, 0x81, 0xff]),
      ("a\\$b\\\nc", [0x61, 0x62, 0x63]), ("", []),
    ] as [(String, [UInt8])])
  func `every escape of unvis is read`(spelling: String, name: [UInt8]) {
    #expect(MtreeName.decode(spelling.utf8) == name)
  }

  @Test(arguments: [
    "\\", "a\\", "\\8", "\\9", "\\777", "\\400", "\\x", "\\x4", "\\x4g", "\\q", "\\M", "\\M-",
    "\\M^",
    "\\Mx", "\\^", "\\\u{e9}",
  ])
  func `a spelling with a bad escape is refused`(spelling: String) {
    #expect(MtreeName.decode(spelling.utf8) == nil)
  }

  @Test func `every byte string survives the spelling, which is plain words of a line`() {
    var random = SplitMix(announcing: TestEffort.seed)
    for _ in 0..<3_000 {
      let name = random.bytes(upTo: 40)
      let spelling = MtreeName.encode(name)
      #expect(MtreeName.decode(spelling) == name, "seed \(random.seed)")
      #expect(
        spelling.allSatisfy { (0x21...0x7e).contains($0) && $0 != 0x23 }, "seed \(random.seed)")
    }
  }

  @Test func `no bytes crash the decoder`() {
    var random = SplitMix(announcing: TestEffort.seed)
    let alphabet = Array("\\\\\\\\01789xM-^?abnrst$\n é".utf8)
    for _ in 0..<5_000 {
      let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in
        alphabet.randomElement(using: &random) ?? 0
      }
      guard let name = MtreeName.decode(text) else { continue }
      #expect(MtreeName.decode(MtreeName.encode(name)) == name, "seed \(random.seed): \(text)")
    }
  }
}
