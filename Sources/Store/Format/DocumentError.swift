/// Why a JSON document is not the OCI document it should be, and at which member.
public struct DocumentError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong.
  public enum Problem: Sendable, Equatable {
    /// The text is not JSON.
    case json(JSONError)
    /// A required member is absent or null.
    case missing
    /// A member has another JSON type than the specification says.
    case wrongKind(JSONKind, expected: String)
    /// A number is no integer, or too small or great; it stands as it is spelt.
    case invalidInteger(String, expected: String)
    /// A digest is malformed.
    case invalidDigest(DigestError)
    /// Embedded data is not base64.
    case invalidBase64
    /// A time is malformed.
    case invalidTimestamp(Timestamp.Malformed)
    /// The `schemaVersion` is not 2.
    case unsupportedSchemaVersion(String)
    /// The document says it is something else than was expected.
    case wrongMediaType(MediaType, expected: [MediaType])
    /// A member must not be in this kind of document, lest readers disagree on what it is
    /// (CVE-2021-41190).
    case forbiddenMember
  }

  /// What is wrong.
  public let problem: Problem

  /// The name of the document, as the caller gave it; empty for a value on its own.
  public internal(set) var document: String

  /// The path of the member, such as `manifests[3].digest`; empty for the document as a whole.
  public internal(set) var path: String

  init(_ problem: Problem, at path: String = "") {
    self.problem = problem
    self.path = path
    document = ""
  }

  /// The same error seen from the container that holds the value under this name.
  func within(_ parent: String) -> DocumentError {
    var error = self
    error.path =
      path.isEmpty || path.utf8.first == UInt8(ascii: "[")
      ? parent + path : parent + "." + path
    return error
  }

  func named(_ document: String) -> DocumentError {
    var error = self
    error.document = document
    return error
  }

  /// A sentence that says what is wrong and where.
  public var description: String {
    if case .json(let error) = problem { return error.description }
    let place = [document, path].filter { !$0.isEmpty }.joined(separator: ": ")
    return place.isEmpty ? problem.sentence : "\(place): \(problem.sentence)"
  }
}

extension DocumentError.Problem {
  fileprivate var sentence: String {
    switch self {
    case .json(let error): error.description
    case .missing: "this member is missing"
    case .wrongKind(let kind, let expected): "this is \(kind) but must be \(expected)"
    case .invalidInteger(let text, let expected): "\(excerpt(of: text)) is not \(expected)"
    case .invalidDigest(let error): error.description
    case .invalidBase64: "this is not base64 with padding"
    case .invalidTimestamp(let error): error.description
    case .unsupportedSchemaVersion(let text):
      "schemaVersion \(excerpt(of: text)) is not supported, only 2 is"
    case .wrongMediaType(let type, let expected):
      "the media type \"\(excerpt(of: type.rawValue))\" is not "
        + expected.map(\.rawValue).joined(separator: " or ")
    case .forbiddenMember:
      "this member must not be here: it makes the document ambiguous"
    }
  }
}

extension JSONDocument {
  /// A parsed text for a typed document, whose errors wrap those of JSON.
  init(_ bytes: [UInt8], limits: JSONLimits, named name: String) throws(DocumentError) {
    do throws(JSONError) {
      try self.init(parsing: bytes, limits: limits, named: name)
    } catch {
      throw DocumentError(.json(error)).named(name)
    }
  }

  /// The root of a typed document.
  func rootObject() throws(DocumentError) -> JSONObject {
    guard case .object(let object) = root else {
      throw DocumentError(.wrongKind(root.kind, expected: "an object"))
    }
    return object
  }
}
