public import Store

/// An mtree file that cannot be used, or a tree that cannot be compared with one.
public enum MtreeError: Error, Equatable, Sendable {
  /// A line is not what mtree(5) allows. Lines count from 1.
  case malformed(line: Int, MtreeDefect)
  /// A keyword is none that we know.
  case unknownKeyword(String)
  /// So many paths are missing that their names alone have more than that many bytes.
  case tooManyDifferences(limit: Int)
}

/// What is wrong with a line of an mtree file.
public enum MtreeDefect: Equatable, Sendable {
  /// A name has an escape that means nothing.
  case badEscape
  /// A name holds a NUL byte.
  case nulInName
  /// The line, with its continuations, holds more than `limit` bytes.
  case tooLong(limit: Int)
  /// The file ends where the line is to be continued.
  case endsInContinuation
  /// The file says more than an mtree file can hold.
  case tooMuch
}

extension MtreeError: DiagnosableError {
  /// A keyword is part of the command line, or of an mtree file that we do not support.
  public var category: FailureCategory {
    switch self {
    case .malformed, .tooManyDifferences: .invalidContent
    case .unknownKeyword: .unsupported
    }
  }

  /// There is no deeper cause.
  public var causes: [String] { [] }

  /// The failure in one line, without the file's name and without advice.
  public var description: String {
    switch self {
    case .malformed(let line, let defect): "line \(line): \(defect)"
    case .unknownKeyword(let name): "'\(name)' is not an mtree keyword that can be compared"
    case .tooManyDifferences(let limit):
      "the mtree file has more than \(limit) bytes of paths that are not in the tree"
    }
  }

  /// What the user can do about it.
  public var remedy: Remedy? {
    switch self {
    case .tooManyDifferences: "no program writes such an mtree file: make it anew"
    case .malformed: "the mtree file is damaged: unpack the image again into a new bundle"
    case .unknownKeyword:
      "known are: \(MtreeKeyword.allCases.map(\.rawValue).joined(separator: ", "))"
    }
  }
}

extension MtreeDefect: CustomStringConvertible {
  /// The defect in a few words.
  public var description: String {
    switch self {
    case .badEscape: "the name has a backslash escape that means nothing"
    case .nulInName: "the name holds a NUL byte"
    case .tooLong(let limit): "the line is longer than \(limit) bytes"
    case .endsInContinuation: "the file ends where the line should go on"
    case .tooMuch: "the mtree file has more entries than can be held"
    }
  }
}
