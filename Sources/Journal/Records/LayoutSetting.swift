public import Store

/// A setting of a layout: its name, the values that it takes, and what they mean.
///
/// Settings are kept in the journal and hold for everybody who writes to the layout.
public struct LayoutSetting: Equatable, Sendable {
  /// A value that a setting can have.
  public struct Value: Equatable, Sendable {
    /// The value as it is written.
    public let text: String
    /// What it does, in one sentence.
    public let meaning: String
  }

  /// The name.
  public let name: String
  /// What it is about, in one sentence.
  public let meaning: String
  /// The values that it takes; none for a number.
  public let values: [Value]
  /// The numbers that it takes; nil for one of ``values``.
  public let range: ClosedRange<Int64>?
  /// The value that holds until another one is set.
  public let defaultValue: String

  /// Every setting there is, in the order of their names.
  public static let all = [foreign, trashDays, undoDays, undoOperations]

  /// What to do about index.json that another tool has written; see ``ForeignPolicy``.
  public static let foreign = LayoutSetting(
    name: ForeignPolicy.settingName,
    meaning: "What to do when another tool has changed index.json.",
    values: ForeignPolicy.allCases.map { Value(text: $0.rawValue, meaning: $0.meaning) },
    range: nil, defaultValue: ForeignPolicy.reapply.rawValue)

  /// How long what gc has moved to the trash stays there.
  public static let trashDays = number(
    "trash-days", "How many days gc leaves in the trash what it has moved there.", default: 7)

  /// How far back, in days, gc keeps what undoing needs.
  public static let undoDays = number(
    "undo-days", "How many days back gc keeps all that `undo` and `restore` need.", default: 30)

  /// The same in operations.
  public static let undoOperations = number(
    "undo-operations",
    "How many operations back it keeps that; whichever of the two reaches further.", default: 200)

  private static func number(
    _ name: String, _ meaning: String, default value: Int64
  ) -> LayoutSetting {
    LayoutSetting(
      name: name, meaning: meaning, values: [], range: 0...1_000_000, defaultValue: "\(value)")
  }

  /// The setting of a name.
  ///
  /// - Throws: ``SettingError/unknownName(_:)``.
  public static func named(_ name: String) throws(SettingError) -> LayoutSetting {
    guard let setting = all.first(where: { $0.name == name }) else { throw .unknownName(name) }
    return setting
  }

  /// The value that holds where a value is set; nil for its default.
  public func effective(_ value: String?) -> String { value ?? defaultValue }

  /// A value in words; nil for its default.
  public func words(_ value: String?) -> String { value ?? "\(defaultValue) (default)" }

  /// Whether there is a setting of a name, and it takes a value.
  static func takes(_ value: String, for name: String) -> Bool {
    all.contains { $0.name == name && (try? $0.check(value)) != nil }
  }

  /// Refuses a value that the setting does not take.
  ///
  /// - Throws: ``SettingError/unknownValue(_:of:)``.
  public func check(_ value: String) throws(SettingError) {
    let isNumber = range.map { range in
      value.utf8.allSatisfy { (0x30...0x39).contains($0) }
        && Int64(value).map(range.contains) == true
    }
    guard isNumber ?? values.contains(where: { $0.text == value }) else {
      throw .unknownValue(value, of: self)
    }
  }
}

/// A setting that does not exist, or a value that it does not take.
public enum SettingError: Error, Equatable, Sendable {
  /// There is no setting of that name.
  case unknownName(String)
  /// The setting does not take that value.
  case unknownValue(String, of: LayoutSetting)
}

extension SettingError: DiagnosableError {
  /// What is wrong, in one line.
  public var description: String {
    switch self {
    case .unknownName(let name): "there is no setting \"\(name)\""
    case .unknownValue(let value, let setting):
      "the setting \(setting.name) cannot be \"\(value)\""
    }
  }

  /// Wrong usage.
  public var category: FailureCategory { .usage }

  /// Nothing is behind it.
  public var causes: [String] { [] }

  /// What there is instead.
  public var remedy: Remedy? {
    switch self {
    case .unknownName:
      "the settings are: \(LayoutSetting.all.map(\.name).joined(separator: ", "))"
    case .unknownValue(_, let setting):
      setting.range.map { Remedy("it takes a number from \($0.lowerBound) to \($0.upperBound)") }
        ?? "it takes: \(setting.values.map(\.text).joined(separator: ", "))"
    }
  }
}
