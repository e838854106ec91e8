extension LayoutSetting {
  /// The number that a layout has; the default where it has none that the setting takes.
  func number(in database: JournalDatabase) throws(JournalError) -> Int64 {
    let stored = try database.setting(name).flatMap { (try? check($0)) == nil ? nil : Int64($0) }
    return stored ?? Int64(defaultValue) ?? 0
  }
}
