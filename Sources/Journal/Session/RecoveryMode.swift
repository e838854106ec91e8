/// How far `recover` goes.
public enum RecoveryMode: Equatable, Sendable {
  /// What every writing command does before its own work.
  case standard
  /// The same, after checking every page of the database.
  case thorough
  /// Takes what another tool made of index.json literally.
  case adopting
  /// Takes index.json as it is, whatever the history says: a past state, and one that it does not know.
  case acceptingIndex
  /// Thorough; and what is damaged in index.json is put back as the history knows it.
  case repairing

  /// Whether a person has asked for it, who wants everything to come to an end.
  var isAsked: Bool { self != .standard }
}
