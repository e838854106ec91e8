/// What a survey found at one path.
struct SurveyVerdict {
  /// In what way it differs from what the bundle says; nil when it does not.
  var change: RootfsChange.Kind?
  /// Finds out all that an mtree says of it, digests included; only good during the same step.
  var facts: () throws -> MtreeFacts
}

/// What a root file system is compared with, step by step of a walk.
protocol SurveyBaseline {
  /// Compares a folder, in which the next steps take place.
  mutating func enter(_ folder: ScannedFolder, path: [UInt8]) throws -> SurveyVerdict

  /// The names in the folder that was entered last.
  mutating func list(_ folder: ScannedFolder) throws -> FolderNames

  /// Compares a file that is no folder.
  mutating func item(_ file: ScannedFile, in folder: ScannedFolder) throws -> SurveyVerdict

  /// The folder is complete.
  mutating func leave() throws

  /// What was said to be there and is not; what lies below a path of these may be left out.
  mutating func finish() throws -> [RootfsChange]
}
