/// Something that a check found in a layout, its history or its layers.
///
/// docs/findings.md explains each code.
public struct LayoutFinding: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// A kind of finding: a word that scripts may rely on, and whether it means damage.
  ///
  /// Each target declares the codes of what it checks.
  public struct Code: Sendable, Hashable, CustomStringConvertible {
    /// The word.
    public let rawValue: String
    /// Whether something with such a finding is damaged; the others are notes.
    public let isProblem: Bool

    /// A kind that means damage.
    package static func problem(_ word: String) -> Code { Code(rawValue: word, isProblem: true) }

    /// A kind that is worth knowing and allowed.
    package static func note(_ word: String) -> Code { Code(rawValue: word, isProblem: false) }

    /// The word.
    public var description: String { rawValue }
  }

  /// The kind of finding.
  public let code: Code
  /// What it is about: a digest, the name of a tag, an operation, or a path in the layout.
  public let subject: String
  /// What is the matter, in a sentence's worth of words.
  public let message: String
  /// A tag that reaches it, if one does.
  public var tag: String? { tags.first }
  /// All tags that reach it, in the order of index.json, as far as that is known.
  public package(set) var tags: [String]

  /// Makes a finding; untrusted texts are cut, and may still hold anything: whoever prints them has
  /// to make them fit for a line.
  package init(_ code: Code, _ subject: String, _ message: String, tag: String? = nil) {
    self.code = code
    // A SHA-512 digest has to fit, and the path of a file in a layout.
    self.subject = Self.cut(subject, 256)
    self.message = Self.cut(message, 1024)
    tags = tag.map { [Self.cut($0)] } ?? []
  }

  package static func cut(_ text: String, _ limit: Int = 256) -> String {
    let scalars = text.unicodeScalars
    guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex),
      end < scalars.endIndex
    else { return text }
    return String(scalars[..<end]) + "..."
  }

  /// Whether the layout is damaged; the others are notes.
  public var isProblem: Bool { code.isProblem }

  /// The finding in one line.
  public var description: String { "\(code.rawValue): \(subject): \(message)" }

  /// Problems before notes, then by code, subject and message.
  public static func < (left: LayoutFinding, right: LayoutFinding) -> Bool {
    if left.isProblem != right.isProblem { return left.isProblem }
    return left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
  }
}

/// Findings as they are collected: each once, and no more than a person would read.
package struct FindingList: Sendable {
  /// The most problems that are listed, and the most notes.
  package static let limit = 1000

  private var findings: Set<LayoutFinding> = []
  private var notes: Set<LayoutFinding> = []
  /// How many notes were left out.
  package private(set) var omittedNotes = 0
  private let place: String

  /// An empty list about what lies at a path.
  package init(of place: String) {
    self.place = place
  }

  /// Adds a finding; a thousand of a sort are enough, and what is left out is said.
  package mutating func add(_ finding: LayoutFinding) {
    if !finding.isProblem {
      if notes.count < Self.limit { notes.insert(finding) } else { omittedNotes += 1 }
    } else if findings.count < Self.limit {
      findings.insert(finding)
    } else {
      findings.insert(
        LayoutFinding(.tooMany, place, "only the first \(Self.limit) are listed"))
    }
  }

  /// The findings, problems first; a note says how many notes are missing.
  package var sorted: [LayoutFinding] {
    var all = findings.union(notes)
    if omittedNotes > 0 {
      all.insert(LayoutFinding(.notesOmitted, place, "\(omittedNotes) more note(s) are left out"))
    }
    return all.sorted()
  }
}
