/// What happens when another tool has overwritten index.json; the setting `foreign`.
public enum ForeignPolicy: String, Sendable, CaseIterable {
  /// What it changed is taken over, what it overwrote by being late is put back.
  case reapply = "heal"
  /// Its file is taken as it is, unless it changed nothing; what it overwrote is in the history.
  case adopt
  /// Writing commands stop until a person has looked.
  case refuse

  /// The setting's name.
  public static let settingName = "foreign"

  /// What it does, in one sentence.
  var meaning: String {
    switch self {
    case .reapply: "Record its changes, and put back what it overwrote by being late."
    case .adopt:
      "Take its file as it is, unless it changed nothing; what it overwrote stays in the history."
    case .refuse: "Stop every writing command until a person has looked."
    }
  }
}
