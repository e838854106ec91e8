internal import Glibc
internal import Testing

@testable internal import Store

private func parse(_ text: String) throws(JSONError) -> JSONDocument {
  try JSONDocument(parsing: Array(text.utf8), named: "test.json")
}

@Suite struct JSONDocumentTests {
  @Test func `an unedited document keeps its bytes`() throws {
    for seed in UInt64(1)...300 {
      var generator = TextGenerator(seed: seed)
      let bytes = generator.document()
      let document = try JSONDocument(parsing: bytes, named: "seed \(seed)")
      #expect(document.serialized() == bytes, "seed \(seed)")
      let compact = document.root.rendered(.compact)
      let again = try JSONDocument(parsing: compact, named: "compact, seed \(seed)")
      #expect(again.root == document.root, "seed \(seed)")
    }
  }

  @Test func `editing one member keeps the bytes of all others`() throws {
    for seed in UInt64(1)...200 {
      var generator = TextGenerator(seed: seed)
      let first = generator.value(depth: 3)
      let last = generator.value(depth: 3)
      let text =
        "\n{ \"first\" : \(first) , \"edit\":{\"a\":\(first), \"b\" : 1}, \"last\":\(last)}\n"
      var document = try parse(text)
      var root = try #require(document.root.objectValue)
      var inner = try #require(root["edit"]?.objectValue)
      inner["b"] = 2
      root["edit"] = .object(inner)
      document.root = .object(root)
      let expected = "\n{\"first\":\(first),\"edit\":{\"a\":\(first),\"b\":2},\"last\":\(last)}\n"
      #expect(document.serialized() == Array(expected.utf8), "seed \(seed)")
    }
  }

  @Test(arguments: [
    "", " ", "nul", "tru", "True", "{", "[", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}",
    "{\"a\":1,}", "{a:1}", "{'a':1}", "{1:1}", "[1]]", "[}", "{]", "01", "-", "-01", "+1", "1.",
    ".5", "1e", "1e+", "1.e1", "0x1", "NaN", "Infinity", "\"", "\"\\\"", "\"\\x\"", "\"\\u12\"",
    "\"\\u12g4\"", "\"a\nb\"", "\"\u{1}\"", "1 2", "{} {}", "\u{feff}{}", "// x", "[1]//", "\u{0}",
    "\"abcdefgh", "\"abcdefghijk\\", "{\"a\":1 \"b\":2}", "nulll", "[tru]",
  ])
  func `a malformed text is refused`(text: String) {
    #expect(throws: JSONError.self) { try parse(text) }
  }

  @Test(
    arguments: [
      [0x80], [0xc0, 0x80], [0xc1, 0xbf], [0xe0, 0x9f, 0x80], [0xed, 0xa0, 0x80],
      [0xf0, 0x8f, 0x80, 0x80],
      [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xff], [0xc3], [0xe2, 0x82],
      [0xc3, 0x28],
    ] as [[UInt8]])
  func `a string that is not UTF-8 is refused`(bytes: [UInt8]) {
    let quote = UInt8(ascii: "\"")
    let error = #expect(throws: JSONError.self) {
      try JSONDocument(parsing: [0x20, quote] + bytes + [quote], named: "x")
    }
    #expect(error?.problem == .invalidUTF8)
    #expect(error?.offset == 2)
  }

  @Test func `an error names document, line and column`() {
    let error = #expect(throws: JSONError.self) { try parse("{\n  \"a\": 1,\n  \"b\" 2\n}") }
    #expect(error?.line == 3)
    #expect(error?.column == 7)
    #expect(error?.offset == 18)
    #expect(
      error?.description
        == "test.json: line 3, column 7 (byte 18): unexpected '2' where ':' is expected")
  }

  @Test func `deep nesting is an error, not a crash`() throws {
    let deep = String(repeating: "[{\"a\":", count: 5000)
    let error = #expect(throws: JSONError.self) { try parse(deep) }
    #expect(error?.problem == .tooDeep(limit: 256))
    let accepted = String(repeating: "[", count: 256) + String(repeating: "]", count: 256)
    #expect(try parse(accepted).serialized().count == 512)
  }

  @Test func `the deepest accepted value fits a stack of 512 KiB`() throws {
    let half = String(repeating: "[{\"a\":", count: 128)
    let text = half + "1" + String(repeating: "}]", count: 128)
    let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
    defer { attributes.deallocate() }
    pthread_attr_init(attributes)
    pthread_attr_setstacksize(attributes, 512 * 1024)
    let work = Unmanaged.passRetained(DeepWork(text: text))
    defer { work.release() }
    var thread: pthread_t = 0
    let status = pthread_create(&thread, attributes, runDeepWork, work.toOpaque())
    try #require(status == 0)
    pthread_join(thread, nil)
    #expect(work.takeUnretainedValue().isEqual)
  }

  @Test func `limits of bytes and values hold`() {
    let large = #expect(throws: JSONError.self) {
      try JSONDocument(
        parsing: Array("[1,2,3]".utf8), limits: JSONLimits(maximumBytes: 6), named: "x")
    }
    #expect(large?.problem == .tooLarge(bytes: 7, limit: 6))
    let many = #expect(throws: JSONError.self) {
      try JSONDocument(
        parsing: Array("[1,2,3]".utf8), limits: JSONLimits(maximumNodes: 3), named: "x")
    }
    #expect(many?.problem == .tooManyValues(limit: 3))
  }

  @Test(arguments: [
    ("{\"a\":1}\0\0\0", 7), (" [1] {", 4), ("{}\n{}", 2), ("12 x", 2), ("\"a\"b", 3),
  ])
  func `the first value of a torn file can be salvaged`(text: String, length: Int) throws {
    let bytes = Array(text.utf8)
    let document = try JSONDocument(parsing: bytes, named: "torn", remainder: .ignored)
    #expect(document.consumedLength == length)
    #expect(document.serialized() == Array(bytes[..<length]))
  }

  @Test func `of duplicate names the last counts and an edit leaves only one`() throws {
    var object = try #require(try parse("{\"a\":1,\"b\":2,\"\\u0061\":3}").root.objectValue)
    #expect(object["a"]?.integerValue == 3)
    #expect(object.members.count == 3)
    object["a"] = 4
    let edited = JSONValue.object(object).serialized()
    #expect(String(decoding: edited, as: UTF8.self) == #"{"b":2,"\u0061":4}"#)
    object["a"] = nil
    #expect(String(decoding: JSONValue.object(object).serialized(), as: UTF8.self) == #"{"b":2}"#)
  }

  @Test(arguments: [
    (#""\ud83d\ude00""#, "\u{1f600}"), (#""\ud800""#, "\u{fffd}"), (#""\udc00x""#, "\u{fffd}x"),
    (#""\ud800\u0041""#, "\u{fffd}A"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
    (#""\u00e4\u0000""#, "\u{e4}\0"), (#""ä€😀""#, "ä€😀"),
  ])
  func `escapes are resolved and survive`(spelling: String, text: String) throws {
    let document = try parse(spelling)
    #expect(document.root.stringValue == text)
    #expect(document.serialized() == Array(spelling.utf8))
  }

  @Test func `new strings are escaped as Go escapes them`() {
    let text = "<a>&\u{2028}\u{2029}\u{b}\u{8}\u{c}\n\r\t\"\\\u{7f}ä"
    let expected = #""\u003ca\u003e\u0026\u2028\u2029\u000b\b\f\n\r\t\"\\\#u{7f}ä""#
    #expect(String(decoding: JSONValue(text).serialized(), as: UTF8.self) == expected)
  }

  @Test func `numbers keep their spelling and only true integers have a value`() throws {
    let text =
      "[1.0,1e2,-0,123456789012345678901234567890,9223372036854775807,-9223372036854775808]"
    let document = try parse(text)
    #expect(document.serialized() == Array(text.utf8))
    let values = try #require(document.root.arrayValue).elements.map(\.integerValue)
    #expect(values == [nil, nil, 0, nil, .max, .min])
  }

  @Test func `layouts are rendered`() throws {
    let value = try parse(#"{"b": [1, {}], "a": "<", "b": []}"#).root
    func text(_ layout: JSONValue.Layout) -> String {
      String(decoding: value.rendered(layout), as: UTF8.self)
    }
    #expect(text(.canonical) == #"{"a":"<","b":[]}"#)
    #expect(text(.compact) == #"{"b":[1,{}],"a":"\u003c","b":[]}"#)
    #expect(
      text(.tabs) == "{\n\t\"b\": [\n\t\t1,\n\t\t{}\n\t],\n\t\"a\": \"\\u003c\",\n\t\"b\": []\n}")
  }
}

/// What is done with a deep value on a small stack.
private final class DeepWork {
  let text: String
  var isEqual = false

  init(text: String) {
    self.text = text
  }

  func run() {
    guard let first = try? parse(text), let second = try? parse(text) else { return }
    isEqual =
      first.root == second.root && !first.root.rendered(.tabs).isEmpty
      && first.root.rendered(.canonical) == Array(text.utf8)
  }
}

private func runDeepWork(_ pointer: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let pointer { Unmanaged<DeepWork>.fromOpaque(pointer).takeUnretainedValue().run() }
  return nil
}
