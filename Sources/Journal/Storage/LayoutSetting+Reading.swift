public import Store

extension LayoutSetting {
  /// The value that a layout has; nil where the default holds.
  ///
  /// Takes no lock and creates nothing. A journal database that cannot be read holds no settings.
  public func value(in layout: ImageLayout) throws(JournalError) -> String? {
    guard let control = try ControlFolder.find(in: layout) else { return nil }
    do throws(JournalError) {
      return try JournalDatabase(reading: control.database).setting(name)
    } catch {
      switch error {
      case .database, .databaseCorrupt, .strangeFile: return nil
      default: throw error
      }
    }
  }

  /// The number that a layout has; the default where it has none that the setting takes.
  func number(in database: JournalDatabase) throws(JournalError) -> Int64 {
    let stored = try database.setting(name).flatMap { (try? check($0)) == nil ? nil : Int64($0) }
    return stored ?? Int64(defaultValue) ?? 0
  }
}
