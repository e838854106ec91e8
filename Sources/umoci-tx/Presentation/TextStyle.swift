/// Colours and weights of text on a terminal; nothing at all elsewhere.
struct TextStyle {
  /// Whether escape sequences are written.
  let isEnabled: Bool

  /// Text without escape sequences.
  static let plain = TextStyle(isEnabled: false)

  private init(isEnabled: Bool) {
    self.isEnabled = isEnabled
  }

  /// Colours on a terminal that knows them, unless `NO_COLOR` is set (https://no-color.org).
  init(isTerminal: Bool, environment: EnvironmentVariables) {
    isEnabled =
      isTerminal && environment["NO_COLOR"] == nil && environment["TERM"] != "dumb"
      && environment["TERM"] != nil
  }

  /// Colours, wherever the text goes.
  static let colored = TextStyle(isEnabled: true)

  func bold(_ text: String) -> String { wrapped(text, "1") }
  func dim(_ text: String) -> String { wrapped(text, "2") }
  func red(_ text: String) -> String { wrapped(text, "31") }
  func green(_ text: String) -> String { wrapped(text, "32") }
  func yellow(_ text: String) -> String { wrapped(text, "33") }

  private func wrapped(_ text: String, _ code: String) -> String {
    isEnabled ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
  }
}
