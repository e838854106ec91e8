/// The versions of the tables, whatever engine they are in; docs/on-disk-format.md says what each column means.
///
/// Everything in `operations` and `edits` can be rebuilt from the records in `.ocitx/ops`.
enum SchemaVersion {
  /// The version that this program writes.
  static let current: Int64 = 6

  /// The version since which bundles wait for operations.
  static let refreshes: Int64 = 3

  /// The version since which leases know where their bundle is.
  static let places: Int64 = 4

  /// The version since which `children` has what manifests of artifacts and documents of unknown types refer to.
  static let references: Int64 = 5

  /// The version since which settings are changed by operations.
  static let recordedSettings: Int64 = 6
}
