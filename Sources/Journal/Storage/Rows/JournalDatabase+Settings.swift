internal import Store

/// Settings: the values that hold, and what the history says that they are.
extension JournalDatabase {
  /// The value of a setting; nil for its default.
  func setting(_ name: String) throws(JournalError) -> String? {
    try row("SELECT value FROM settings WHERE key = ?", .text(name)) { $0.text(0) } ?? nil
  }

  /// Makes a value hold; only an operation in the history does so.
  func setSetting(_ name: String, _ value: String?) throws(JournalError) {
    if let value {
      try run(
        "INSERT INTO settings VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        .text(name), .text(value))
    } else {
      try run("DELETE FROM settings WHERE key = ?", .text(name))
    }
  }

  /// All settings as they stand there.
  func allSettings() throws(JournalError) -> [String: String] {
    Dictionary(try rows("SELECT key, value FROM settings", read: Self.readSetting)) { $1 }
  }

  /// What was set before settings were changed by operations, as far as it can be a setting.
  ///
  /// - Returns: The rows that count, and whether they are all that there are.
  func earlierSettings() throws(JournalError) -> (valid: [String: String], isWhole: Bool) {
    let table =
      try schemaVersion() < SchemaVersion.recordedSettings ? "settings" : "earlier_settings"
    var valid: [String: String] = [:]
    let rows = try rows("SELECT key, value FROM \(table)", read: Self.readSetting)
    for (name, value) in rows where LayoutSetting.takes(value, for: name) { valid[name] = value }
    return (valid, valid.count == rows.count)
  }

  func insertEarlierSettings(_ settings: [String: String]) throws(JournalError) {
    try runEach(
      """
      INSERT INTO earlier_settings VALUES (?, ?)
      ON CONFLICT (key) DO UPDATE SET value = excluded.value
      """,
      settings.map { [.text($0.key), .text($0.value)] })
  }

  /// The changes of settings that the records of the history tell of, oldest first.
  ///
  /// Looks into every record; one that cannot be read tells nothing.
  func settingEdits() throws(JournalError) -> [SettingEdit] {
    let records = try rows(
      """
      SELECT record FROM operations WHERE seq IS NOT NULL AND instr(record, ?) > 0 ORDER BY seq
      """, .blob(Array("\"settings\":[".utf8))
    ) { $0.blob(0) ?? [] }
    return records.flatMap {
      (try? OperationRecord(parsing: $0, named: "record"))?.settings ?? []
    }
  }

  /// The values that the history leads to, from what was set before settings had records.
  func recordedSettings() throws(JournalError) -> [String: String] {
    var settings = try earlierSettings().valid
    for edit in try settingEdits() { settings[edit.name] = edit.after }
    return settings.filter { LayoutSetting.takes($0.value, for: $0.key) }
  }

  /// Makes hold what the records say.
  ///
  /// Call it inside ``transaction(_:)``.
  func resetSettings() throws(JournalError) {
    try execute("DELETE FROM settings")
    for (name, value) in try recordedSettings() { try setSetting(name, value) }
  }

  private static func readSetting(_ row: any SQLRow) -> (String, String) {
    (row.text(0) ?? "", row.text(1) ?? "")
  }
}
