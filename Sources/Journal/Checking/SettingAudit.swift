internal import Store

/// Compares the settings that hold with those that the history says.
struct SettingAudit {
  let database: JournalDatabase

  func run(_ report: inout AuditReport) throws(JournalError) {
    let (found, recorded) = (try database.allSettings(), try database.recordedSettings())
    for name in Set(found.keys).union(recorded.keys).sorted()
    where found[name] != recorded[name] {
      check(name, found[name], recorded[name], &report)
    }
    try noteUnrecorded(&report)
  }

  /// What no operation has set since there are records of it.
  private func noteUnrecorded(_ report: inout AuditReport) throws(JournalError) {
    let recorded = Set(try database.settingEdits().map(\.name))
    for name in try database.earlierSettings().valid.keys.sorted() where !recorded.contains(name) {
      report.add(
        .settingUnrecorded, subject: "setting \(name)",
        "it was set before settings were part of the history, which cannot tell by whom")
    }
  }

  private func check(
    _ name: String, _ found: String?, _ recorded: String?, _ report: inout AuditReport
  ) {
    let subject = "setting \(name)"
    do throws(SettingError) {
      let setting = try LayoutSetting.named(name)
      if let found { try setting.check(found) }
      report.add(
        .settingChanged, subject: subject,
        "it is \(setting.words(found)), and the history says \(setting.words(recorded))")
    } catch {
      report.add(.settingInvalid, subject: subject, error.description)
    }
  }
}
