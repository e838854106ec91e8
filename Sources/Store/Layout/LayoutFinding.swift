/// Something that ``LayoutVerifier`` found in a layout.
public struct LayoutFinding: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The kinds of finding.
  ///
  /// The raw values are stable: scripts may rely on them.
  public enum Code: String, Sendable, CaseIterable {
    /// The folder is no layout, or cannot be opened.
    case layoutInvalid = "layout-invalid"
    /// `index.json` is incomplete, or is no image index.
    case indexInvalid = "index-invalid"
    /// An entry with a name refers to a blob that is not there.
    case danglingTag = "dangling-tag"
    /// A descriptor names no media type.
    case mediaTypeMissing = "media-type-missing"
    /// A reachable blob is not there.
    case blobMissing = "blob-missing"
    /// A reachable blob is no regular file.
    case blobKind = "blob-kind"
    /// A reachable blob is longer or shorter than a descriptor says.
    case blobSize = "blob-size"
    /// The content of a reachable blob is not what its name promises.
    case blobDigest = "blob-digest"
    /// A reachable blob cannot be read.
    case blobUnreadable = "blob-unreadable"
    /// A digest uses an algorithm that cannot be checked here.
    case algorithmUnsupported = "algorithm-unsupported"
    /// A manifest, config or index is not a document of its type, or is too large for one.
    case documentInvalid = "document-invalid"
    /// Data that is embedded in a descriptor is not what the descriptor says.
    case embeddedData = "embedded-data"
    /// An image has not as many diff IDs as layers.
    case layerCount = "layer-count"
    /// There are so many findings that the rest is left out.
    case tooMany = "too-many"
    /// An OCI config lacks a required member.
    case configIncomplete = "config-incomplete"
    /// The name of an entry does not follow the grammar of reference names.
    case tagName = "tag-name"
    /// Several entries have one name.
    case tagDuplicate = "tag-duplicate"
    /// What a manifest or index is about is not in this layout, which is allowed.
    case subjectMissing = "subject-missing"
    /// A layer is not in this layout but may be fetched from elsewhere, which is allowed.
    case blobElsewhere = "blob-elsewhere"
    /// Something unknown lies in the layout's folder or among the blobs.
    case unknownFile = "unknown-file"

    /// Whether a layout with such a finding is damaged.
    public var isProblem: Bool {
      switch self {
      case .configIncomplete, .tagName, .tagDuplicate, .subjectMissing, .blobElsewhere,
        .unknownFile:
        false
      default: true
      }
    }
  }

  /// The kind of finding.
  public let code: Code
  /// What it is about: a digest, the name of a tag, or a path in the layout.
  public let subject: String
  /// What is the matter, in a sentence's worth of words.
  public let message: String

  init(_ code: Code, _ subject: String, _ message: String) {
    self.code = code
    self.subject = excerpt(of: subject)
    self.message = message
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
