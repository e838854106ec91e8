import Layers
import TestSupport
import Testing

@Suite struct MtreeParserTests {
  /// Paths and values of an mtree file, in words that a test can compare.
  private func contents(_ text: String) throws -> [String: String] {
    let mtree = try MtreeFile(parsing: Array(text.utf8))
    var contents: [String: String] = [:]
    for node in mtree.nodes where mtree.isListed(node) {
      let path = String(decoding: mtree.path(of: node), as: UTF8.self)
      let own = String(decoding: mtree.ownValues(of: node), as: UTF8.self)
      let set = mtree.setNumber(of: node).map {
        String(decoding: mtree.setValues($0), as: UTF8.self)
      }
      contents[path] = set.map { "\(own) | \($0)" } ?? own
    }
    return contents
  }

  @Test func `entries nest by their own type, and dots lead back`() throws {
    let text = """
      #mtree
       \t # a comment \\
      . type=dir

      a type=dir
          f size=1
          g
      b type=dir
      ..
      ..
      h size=2
      ..
      .. too many are harmless
      i
      """
    #expect(
      try contents(text) == [
        ".": "type=dir", "a": "type=dir", "a/f": "size=1", "a/g": "", "a/b": "type=dir",
        "h": "size=2", "i": "",
      ])
  }

  @Test func `the set in force belongs to the entry, and its type makes no directory`() throws {
    let text = """
      /set type=dir uid=0
      d mode=0755
      f
      /set uid=5
      g
      /unset
      h size=1
      /other x=y
      i
      """
    #expect(
      try contents(text) == [
        "d": "mode=0755 | type=dir uid=0", "f": " | type=dir uid=0", "g": " | uid=5",
        "h": "size=1", "i": "",
      ])
  }

  @Test func `full paths stand on their own, cannot leave the root, and later entries win`() throws
  {
    let text = """
      a type=dir
      ./x/y size=1
      f size=2
      x/y size=3
      ../../etc/passwd size=4
      /nope
      b\\057c size=5
      .. size=6
      a/../z size=7
      """
    #expect(
      try contents(text) == [
        "a": "type=dir", "a/f": "size=2", "x/y": "size=3", "etc/passwd": "size=4",
        "a/b/c": "size=5", "z": "size=7",
      ])
  }

  @Test func `lines go on after a backslash`() throws {
    #expect(try contents("f size=1 \\\n  mode=0644\\\n0\n") == ["f": "size=1   mode=06440"])
    #expect(try contents("/set uid=1 \\\r\n gid=2\r\nf\r\n") == ["f": " | uid=1  gid=2"])
  }

  @Test func `the keywords in use are known in their order`() throws {
    let mtree = try MtreeFile(
      parsing: Array("/set type=file uid=0\nf xattr.user.a=YQ== novalue =x size=1 uid=2".utf8))
    #expect(mtree.usedKeywords == ["type", "uid", "xattr", "size"])
    #expect(mtree.entryCount == 1)
  }

  @Test(arguments: [
    ("a\nb\\q\n", MtreeError.malformed(line: 2, .badEscape)),
    ("a\n\nb\\000 size=1", .malformed(line: 3, .nulInName)),
    ("a\nb \\\nc \\\n", .malformed(line: 3, .endsInContinuation)),
    ("x \\", .malformed(line: 1, .endsInContinuation)),
  ])
  func `a bad line is named`(text: String, error: MtreeError) {
    #expect(throws: error) { try MtreeFile(parsing: Array(text.utf8)) }
  }

  @Test func `a line may be long, but not without end`() throws {
    let long = String(repeating: "x", count: 200_000)
    #expect(try contents("f link=\(long)\n") == ["f": "link=\(long)"])
    var parser = MtreeParser(maximumLineLength: 100)
    let line = [UInt8](repeating: 0x61, count: 60) + Array("\\\n".utf8)
    #expect(throws: MtreeError.malformed(line: 2, .tooLong(limit: 100))) {
      try (line + line).withUnsafeBytes { try parser.read($0) }
    }
  }

  @Test func `an mtree file reads the same however it is cut`() throws {
    var random = SplitMix(announcing: TestEffort.seed)
    let text = Array(
      "/set uid=0\n. type=dir\n    a\\040b size=1 \\\n mode=0644\nd type=dir\n..\n".utf8)
    let whole = try MtreeFile(parsing: text)
    for _ in 0..<200 {
      var parser = MtreeParser()
      var rest = text[...]
      while !rest.isEmpty {
        let piece = Array(rest.prefix(.random(in: 1...9, using: &random)))
        rest = rest.dropFirst(piece.count)
        try piece.withUnsafeBytes { try parser.read($0) }
      }
      let cut = try parser.finish()
      #expect(
        MtreeDifference.between(whole, and: cut, keywords: MtreeKeyword.bundle) == [],
        "seed \(random.seed)")
      #expect(cut.entryCount == 3, "seed \(random.seed)")
    }
  }

  @Test func `garbage gives an mtree file or an error, never a crash`() {
    var random = SplitMix(announcing: TestEffort.seed)
    let words = [
      "/set", "/unset", "..", ".", "a", "b/c", "type=dir", "size=1", "=", "\\", "\n", "\n", "\n",
      "#",
      " ", "\t", "/", "\\040", "\\x", "xattr.a=b", "\u{0}", "\r", "..\\", "type=dir", "time=x",
    ]
    for _ in 0..<3_000 {
      var text: [UInt8] = []
      for _ in 0..<Int.random(in: 0...40, using: &random) {
        text +=
          Bool.random(using: &random)
          ? Array(words.randomElement(using: &random)?.utf8 ?? "".utf8) : [0x20]
        if Int.random(in: 0..<8, using: &random) == 0 { text += random.bytes(upTo: 4) }
      }
      guard let mtree = try? MtreeFile(parsing: text) else { continue }
      for node in mtree.nodes { _ = mtree.path(of: node) }
      let changes = MtreeDifference.between(mtree, and: mtree, keywords: MtreeKeyword.allCases)
      #expect(changes == [], "seed \(random.seed): \(text)")
      _ = MtreeDifference.between(mtree, and: MtreeFile(), keywords: MtreeKeyword.allCases)
    }
  }

  @Test func `many entries in one directory and a deep chain take linear time`() throws {
    var text = Array(". type=dir\n".utf8)
    for index in 0..<20_000 { text += Array("file\(index) size=\(index)\n".utf8) }
    for _ in 0..<20_000 { text += Array("d type=dir\n".utf8) }
    let mtree = try MtreeFile(parsing: text)
    #expect(mtree.entryCount == 40_001)
  }
}
