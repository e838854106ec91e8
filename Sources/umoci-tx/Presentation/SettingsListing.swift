internal import Journal
internal import Store

/// The settings of a layout, as `settings list` prints them.
struct SettingsListing {
  /// Each setting with the value that is set, nil for its default.
  private let settings: [(setting: LayoutSetting, value: String?)]

  init(_ settings: [(LayoutSetting, String?)]) {
    self.settings = settings
  }

  /// For each setting its value, its meaning and what it could be.
  func lines(style: TextStyle) -> [String] {
    settings.flatMap { setting, value -> [String] in
      let current = TerminalText.escaped(setting.words(value))
      let width = setting.values.map(\.text.count).max() ?? 0
      return ["\(style.bold(setting.name)) = \(current)", "  \(setting.meaning)"]
        + setting.values.map { value in
          let padding = String(repeating: " ", count: width - value.text.count)
          return "    \(value.text)\(padding)  \(value.meaning)"
        }
    }
  }

  /// `{"settings":[…]}`.
  var json: JSONValue {
    ["settings": JSONValue(settings.map { Self.json($0.setting, $0.value) })]
  }

  /// One setting as JSON.
  static func json(_ setting: LayoutSetting, _ value: String?) -> JSONValue {
    var object: JSONObject = [
      "name": JSONValue(setting.name), "value": JSONValue(setting.effective(value)),
      "is_default": .bool(value == nil), "default": JSONValue(setting.defaultValue),
      "allowed": JSONValue(setting.values.map { JSONValue($0.text) }),
      "meaning": JSONValue(setting.meaning),
    ]
    if let range = setting.range {
      object["minimum"] = JSONValue(range.lowerBound)
      object["maximum"] = JSONValue(range.upperBound)
    }
    return .object(object)
  }
}
