/// Makes random JSON texts with odd white space, escapes and numbers; the seed decides all.
struct TextGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed &* 0x9e37_79b9_7f4a_7c15
  }

  mutating func document() -> [UInt8] {
    Array((space() + value(depth: 5) + space()).utf8)
  }

  mutating func value(depth: Int) -> String {
    switch number(below: depth > 0 ? 8 : 5) {
    case 0: return pick(["null", "true", "false"])
    case 1, 2: return pick(["0", "-0", "1.50", "1E+5", "-12e-3", "123456789012345678901", "7"])
    case 3, 4: return string()
    case 5: return "[" + list { $0.value(depth: depth - 1) } + "]"
    default:
      return "{"
        + list { $0.string() + $0.space() + ":" + $0.space() + $0.value(depth: depth - 1) } + "}"
    }
  }

  private mutating func list(_ element: (inout TextGenerator) -> String) -> String {
    let count = number(below: 4)
    if count == 0 { return space() }
    var parts: [String] = []
    for _ in 0..<count { parts.append(space() + element(&self) + space()) }
    return parts.joined(separator: ",")
  }

  private mutating func string() -> String {
    let pieces = [
      "", "a", "long plain text, longer than eight bytes", "ä", "€", "😀", "\\n", "\\u0041",
      "\\ud83d\\ude00", "\\ud800", "\\/", "\\\\", "\\\"", "<&>", "\u{2028}", "\u{7f}", "[{", "}]",
    ]
    var text = ""
    for _ in 0..<number(below: 5) { text += pick(pieces) }
    return "\"\(text)\""
  }

  private mutating func space() -> String { pick(["", "", " ", "\n", "\t ", "\r\n  "]) }

  private mutating func pick(_ choices: [String]) -> String {
    choices[number(below: choices.count)]
  }

  private mutating func number(below bound: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state % UInt64(bound))
  }
}
