internal import Journal
internal import Layers
public import Store

/// What a verification of a layout has found.
public struct LayoutVerification: Sendable {
  /// How much was looked at.
  public struct Counts: Equatable, Sendable {
    /// Entries of `index.json`.
    public var entries = 0
    /// Manifests, configs and indexes.
    public var documents = 0
    /// Blobs that were read to their ends, beside the documents.
    public var blobs = 0
    /// Their size in bytes.
    public var bytes: ByteCount = 0
    /// Blobs that no entry reaches; they were not read.
    public var unreferenced: Int64 = 0
    /// Their size in bytes.
    public var unreferencedBytes: ByteCount = 0
    /// Records of the history.
    public var records: Int64 = 0
    /// Files and documents that the history keeps.
    public var copies: Int64 = 0
  }

  /// The findings, problems first.
  public internal(set) var findings: [LayoutFinding] = []
  /// How much was looked at.
  public internal(set) var counts = Counts()
  /// Whether another copy of something would help, as far as `--repair` looks for one.
  package internal(set) var damaged: [Digest: Descriptor] = [:]

  /// An empty result.
  init() {}

  /// The result for a layout that cannot even be opened; nil when that is no matter of its content.
  public init?(of error: LayoutError, at path: String) {
    switch error {
    case .notALayout, .damaged, .tornFile, .invalidDocument: break
    case .notFound, .exists, .linkedPart, .notDurable, .system: return nil
    }
    findings = [LayoutFinding(.layoutInvalid, path, error.inOneLine)]
  }

  /// Whether nothing is damaged.
  public var isSound: Bool { !findings.contains(where: \.isProblem) }

  /// How many findings mean damage.
  public var problemCount: Int { findings.count(where: \.isProblem) }

  /// Every code that a finding can have.
  public static let allCodes: [LayoutFinding.Code] =
    LayoutFinding.Code.ofLayouts + LayoutFinding.Code.ofLayers + LayoutFinding.Code.ofJournals
}
