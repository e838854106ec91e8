internal import Journal

/// Changes of settings in words.
enum SettingText {
  /// `undo-days: 30 (default) -> 7`.
  static func line(_ edit: SettingEdit) -> String {
    "\(TerminalText.escaped(edit.name)): \(value(edit.before, edit.name))"
      + " -> \(value(edit.after, edit.name))"
  }

  /// A value of a setting, of which perhaps only a newer version knows.
  static func value(_ value: String?, _ name: String) -> String {
    let words = (try? LayoutSetting.named(name))?.words(value) ?? value ?? "default"
    return TerminalText.escaped(words)
  }
}
