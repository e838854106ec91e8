public import Store

/// Which value of a tag is meant: what stands between the braces of `TAG@{…}`.
public enum TagRevision: Equatable, Sendable {
  /// What the tag is now.
  case current
  /// What it was so many moves ago; deletions and moves by other tools count. At least 1.
  case back(Int)
  /// What it was at a moment, at its end.
  case at(TimeExpression)
  /// What it was after an operation.
  case operation(OperationReference)

  /// A text that is no revision.
  public struct Malformed: Error, Equatable, Sendable, CustomStringConvertible {
    /// The text between the braces.
    public let text: String
    /// What is wrong with it.
    public let reason: String

    /// A sentence that says what is wrong.
    public var description: String { "@{\(text.prefix(60))}: \(reason)" }
  }

  /// The largest number of moves that can be asked for.
  public static let maximumMoves = 1_000_000

  /// Reads the text between the braces; times are seen from `now`.
  public init(parsing text: String, now: Timestamp) throws(Malformed) {
    if text.hasPrefix("op:") {
      guard let operation = OperationReference(text) else {
        throw Malformed(
          text: text,
          reason: "an operation is a number, the beginning of an id, or @ for the newest")
      }
      self = .operation(operation)
    } else if !text.isEmpty, text.utf8.allSatisfy(Self.isDigit) {
      guard let count = Int(text), count <= Self.maximumMoves else {
        throw Malformed(text: text, reason: "no tag has moved that often")
      }
      self = count == 0 ? .current : .back(count)
    } else {
      do throws(TimeExpression.Malformed) {
        self = .at(try TimeExpression(parsing: text, now: now))
      } catch {
        throw Malformed(
          text: text,
          reason: "write a number of moves (2), a time (2026-11-20T10:00Z, 3.days.ago)"
            + " or an operation (op:12, op:12^)")
      }
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

extension TagRevision: CustomStringConvertible {
  /// The revision as it is written behind a tag; nothing for the current value.
  public var description: String {
    switch self {
    case .current: ""
    case .back(let count): "@{\(count)}"
    case .at(let time): "@{\(time)}"
    case .operation(let operation): "@{\(operation)}"
    }
  }
}

/// A tag and which of its values is meant: `TAG` or `TAG@{…}`.
///
/// Braces cannot stand in a reference name, so that no tag is mistaken for a revision.
public struct TagReference: Equatable, Sendable {
  /// Why a text is no tag reference.
  public enum Malformed: Error, Equatable, Sendable, CustomStringConvertible {
    /// The tag is no reference name.
    case name(ReferenceName.Malformed)
    /// What stands in the braces cannot be read.
    case revision(TagRevision.Malformed)

    /// A sentence that says what is wrong.
    public var description: String {
      switch self {
      case .name(let error): error.description
      case .revision(let error): error.description
      }
    }
  }

  /// The tag.
  public let name: ReferenceName
  /// Which of its values.
  public let revision: TagRevision

  /// A tag at a revision.
  public init(name: ReferenceName, revision: TagRevision = .current) {
    self.name = name
    self.revision = revision
  }

  /// Reads `TAG` or `TAG@{…}`; times are seen from `now`.
  public init(parsing text: String, now: Timestamp) throws(Malformed) {
    var name = text
    var revision = TagRevision.current
    if text.hasSuffix("}"), let brace = text.firstRange(of: "@{") {
      name = String(text[..<brace.lowerBound])
      let inside = text[brace.upperBound...].dropLast()
      do throws(TagRevision.Malformed) {
        revision = try TagRevision(parsing: String(inside), now: now)
      } catch {
        throw .revision(error)
      }
    }
    self.revision = revision
    do throws(ReferenceName.Malformed) {
      self.name = try ReferenceName(parsing: name)
    } catch {
      throw .name(error)
    }
  }
}
