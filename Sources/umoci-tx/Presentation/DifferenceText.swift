internal import Store

/// Differences of JSON documents in words.
enum DifferenceText {
  /// One line a change: `+ config.Env[3]: "A=1"`, `- …`, or `~ author: "a" -> "b"`.
  static func lines(_ difference: JSONDifference, style: TextStyle) -> [String] {
    difference.changes.map { change in
      let path = path(change.path)
      switch (change.before, change.after) {
      case (nil, let after?): return style.green("+ \(path): \(text(after))")
      case (let before?, nil): return style.red("- \(path): \(text(before))")
      default:
        let (before, after) = (change.before.map(text) ?? "", change.after.map(text) ?? "")
        return style.yellow("~ \(path): \(before) -> \(after)")
      }
    }
  }

  /// `[{"path":"/config/Env/3","before":…,"after":…},…]`, where what is missing was not there.
  static func json(_ difference: JSONDifference) -> JSONValue {
    JSONValue(
      difference.changes.map { change in
        var object: JSONObject = ["path": JSONValue(change.pointer)]
        if let before = change.before { object["before"] = before }
        if let after = change.after { object["after"] = after }
        return .object(object)
      })
  }

  /// `config.Env[3]`; names that are no plain words stand in quotes.
  private static func path(_ steps: [JSONDifference.Step]) -> String {
    var result = ""
    for step in steps {
      switch step {
      case .element(let number): result += "[\(number)]"
      case .member(let name):
        result += result.isEmpty ? "" : "."
        result += isPlain(name) ? name : TerminalText.escaped(quoted(name))
      }
    }
    return result.isEmpty ? "(all)" : result
  }

  private static func quoted(_ name: String) -> String {
    String(decoding: JSONValue(name).rendered(.canonical), as: UTF8.self)
  }

  private static func isPlain(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }

  /// A value on one line; a terminal cannot obey anything in it.
  private static func text(_ value: JSONValue) -> String {
    String(decoding: JSONText.terminalSafe(value.rendered(.compact)), as: UTF8.self)
  }
}
