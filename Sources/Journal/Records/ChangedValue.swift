/// Something that operations change, each time from one value to another.
public enum ChangedValue: Hashable, Sendable, CustomStringConvertible {
  /// The entries of a key.
  case entry(EntryKey)
  /// The setting of a name.
  case setting(String)

  /// What it is, for messages.
  public var description: String {
    switch self {
    case .entry(let key): "tag \(key)"
    case .setting(let name): "setting \(name)"
    }
  }
}
