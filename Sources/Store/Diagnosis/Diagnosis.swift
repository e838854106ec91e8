/// What a failure means for the person or script that sees it; each has one exit status.
///
/// The numbers are those of sysexits(3) where that has a fitting one. docs/errors.md lists which
/// message belongs to which.
public enum FailureCategory: Int32, Sendable, CaseIterable {
  /// A comparison found differences, as with diff(1).
  case different = 1
  /// The command line is wrong.
  case usage = 64
  /// Content is invalid or unsafe, or a check found problems.
  case invalidContent = 65
  /// Something named does not exist.
  case notFound = 66
  /// The request is understood but not supported.
  case unsupported = 69
  /// A defect of this program.
  case defect = 70
  /// Something to be created exists already.
  case exists = 73
  /// A read, write or sync failed.
  case inputOutput = 74
  /// Busy, or in conflict with what somebody else did; trying again may help.
  case busy = 75
  /// A person has to decide.
  case needsPerson = 76
  /// Permission is missing.
  case permission = 77
}

/// An error that can tell a person what failed, why, and what to do.
public protocol DiagnosableError: Error, CustomStringConvertible {
  /// What kind of failure it is.
  var category: FailureCategory { get }
  /// What is behind it, outermost first; may be empty.
  var causes: [String] { get }
  /// What to do about it, when there is something to do.
  var remedy: Remedy? { get }
}
