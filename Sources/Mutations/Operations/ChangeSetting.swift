public import Journal
public import Store

/// Sets a setting of the layout to a value, or back to its default.
public struct ChangeSetting: Mutation {
  let setting: LayoutSetting
  let value: String?

  /// Changes a setting.
  ///
  /// - Parameter value: The new value; nil for the default, whatever that is.
  /// - Throws: ``SettingError/unknownValue(_:of:)``.
  public init(_ setting: LayoutSetting, to value: String?) throws(SettingError) {
    if let value { try setting.check(value) }
    self.setting = setting
    self.value = value
  }

  /// `settings`.
  public var kind: OperationKind { .settings }

  /// Proposes the value.
  public func propose(
    on index: ImageIndex, in context: MutationContext
  ) throws -> Transaction.Proposal {
    let before = try context.history?.setting(setting.name)
    return .init(
      edits: [], settings: [SettingEdit(name: setting.name, before: before, after: value)])
  }
}
