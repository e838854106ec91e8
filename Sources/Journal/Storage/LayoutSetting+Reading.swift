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
}
