import Store
import TestSupport
import Testing

@testable import umoci_tx

@Suite struct TerminalTextTests {
  @Test(arguments: [
    ("latest", "latest"), ("", ""), ("caf\u{e9} \u{1f433}", "caf\u{e9} \u{1f433}"),
    ("\u{1b}[31mred", "\\u{1b}[31mred"), ("a\nb\tc\rd", "a\\nb\\tc\\rd"), ("a\\b", "a\\\\b"),
    ("\u{9b}31m", "\\u{9b}31m"), ("\u{7f}", "\\u{7f}"), ("\u{202e}gpj", "\\u{202e}gpj"),
    ("a\u{200b}b", "a\\u{200b}b"), ("\u{2028}", "\\u{2028}"), ("e\u{301}", "e\u{301}"),
  ])
  func `text cannot drive a terminal`(text: String, expected: String) {
    #expect(TerminalText.escaped(text) == expected)
  }

  @Test func `no text that is printed holds a control character`() {
    let seed = TestEffort.seed
    var generator = SplitMix(announcing: seed)
    for _ in 0..<2000 {
      let scalars = (0..<20).compactMap { _ in
        Unicode.Scalar(UInt32.random(in: 0..<0x3000, using: &generator))
      }
      var text = ""
      text.unicodeScalars.append(contentsOf: scalars)
      for printed in [TerminalText.escaped(text), TerminalText.commandLine([text, text])] {
        let isSafe = printed.unicodeScalars.allSatisfy {
          $0.value >= 0x20 && !(0x7f..<0xa0).contains($0.value)
            && !(0x2028...0x202e).contains($0.value)
        }
        #expect(isSafe, "seed \(seed)")
      }
    }
  }

  @Test(arguments: [
    (["umoci-tx", "tag", "--image", "a:b"], "umoci-tx tag --image a:b"),
    (["x", "", "a b"], "x '' 'a b'"), (["it's"], #"'it'\''s'"#), ([#"a\b"#], #"'a\b'"#),
    (["a\u{1b}b"], #"$'a\x1bb'"#), (["new\nline's"], #"$'new\nline\'s'"#),
    (["\u{202e}\\"], #"$'\xe2\x80\xae\\'"#), (["./\u{10ffff}z"], #"$'./\xffz'"#),
  ])
  func `a command line can be pasted into a shell`(arguments: [String], expected: String) {
    #expect(TerminalText.commandLine(arguments) == expected)
  }

  @Test(arguments: [
    "plain", "", "it's", "a\\b", "new\nline", "\u{1b}[31m", "tab\t'", "\u{202e}\u{e9}",
    "\u{10ff80}1f", "\\x41", "$'a'",
  ])
  func `a shell and this program read a quoted word back as its bytes`(word: String) throws {
    let quoted = ShellQuoting.quoted(word)
    #expect(try ShellWords.split(quoted[...]) == [word])
    let shell = try ExternalCommand.run(["bash", "-c", "printf %s \(quoted) | od -An -v -tx1"])
    let words = shell.standardOutput.split { $0 == " " || $0 == "\n" }
    let bytes = words.compactMap { UInt8($0, radix: 16) }
    #expect(bytes == word.pathBytes, "\(quoted): \(shell)")
  }

  @Test(
    arguments: [
      (135, "135B"), (1107, "1.107kB"), (249, "249B"), (0, "0B"), (999, "999B"), (1000, "1kB"),
      (1500, "1.5kB"), (34_200_000, "34.2MB"), (999_999, "1000kB"), (12345, "12.35kB"),
      (Int64.max, "9.223EB"), (-5, "-5B"),
    ] as [(Int64, String)])
  func `a size has four significant digits`(bytes: Int64, expected: String) {
    #expect(HumanSize.text(bytes) == expected)
  }

  @Test func `JSON holds no control character either`() {
    let bytes = JSONText.terminalSafe(Array("\"\u{7f}\u{9b}\u{e9}\u{a0}\"".utf8))
    #expect(String(decoding: bytes, as: UTF8.self) == "\"\\u007f\\u009b\u{e9}\u{a0}\"")
  }
}
