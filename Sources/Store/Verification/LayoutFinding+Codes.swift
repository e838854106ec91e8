/// What can be found about a layout, its documents and its blobs (image-spec v1.1.1).
extension LayoutFinding.Code {
  /// The folder is no layout, or cannot be opened.
  public static let layoutInvalid = problem("layout-invalid")
  /// `index.json` is incomplete, or is no image index.
  public static let indexInvalid = problem("index-invalid")
  /// An entry with a name refers to a blob that is not there.
  public static let danglingTag = problem("dangling-tag")
  /// A descriptor names no media type.
  public static let mediaTypeMissing = problem("media-type-missing")
  /// A media type is none, or is a known one in other letters.
  public static let mediaTypeInvalid = problem("media-type-invalid")
  /// A document says that it is of another type than its descriptor.
  public static let mediaTypeMismatch = problem("media-type-mismatch")
  /// A document lacks a member that its specification requires.
  public static let memberMissing = problem("member-missing")
  /// An object in a document has two members of one name.
  public static let memberRepeated = problem("member-repeated")
  /// A reachable blob is not there.
  public static let blobMissing = problem("blob-missing")
  /// A reachable blob is no regular file.
  public static let blobKind = problem("blob-kind")
  /// A reachable blob is longer or shorter than a descriptor says.
  public static let blobSize = problem("blob-size")
  /// The content of a reachable blob is not what its name promises.
  public static let blobDigest = problem("blob-digest")
  /// A reachable blob cannot be read.
  public static let blobUnreadable = problem("blob-unreadable")
  /// A digest uses an algorithm that cannot be checked here.
  public static let algorithmUnsupported = problem("algorithm-unsupported")
  /// A manifest, config or index is not a document of its type, or is too large for one.
  public static let documentInvalid = problem("document-invalid")
  /// Data that is embedded in a descriptor is not what the descriptor says.
  public static let embeddedData = problem("embedded-data")
  /// An image has not as many diff IDs as layers.
  public static let layerCount = problem("layer-count")
  /// The history of an image tells of more layers than there are.
  public static let historyExcess = problem("history-excess")
  /// A descriptor names another platform than the config of its image.
  public static let platformMismatch = problem("platform-mismatch")
  /// There are so many findings that the rest is left out.
  public static let tooMany = problem("too-many")
  /// The history of an image tells of fewer layers than there are.
  public static let historyShort = note("history-short")
  /// The name of an entry does not follow the grammar of reference names.
  public static let tagName = note("tag-name")
  /// Several entries have one name.
  public static let tagDuplicate = note("tag-duplicate")
  /// What a manifest or index is about is not in this layout, which is allowed.
  public static let subjectMissing = note("subject-missing")
  /// A layer is not in this layout but may be fetched from elsewhere, which is allowed.
  public static let blobElsewhere = note("blob-elsewhere")
  /// No entry of `index.json` reaches a blob.
  public static let blobUnreferenced = note("blob-unreferenced")
  /// Something unknown lies in the layout's folder or among the blobs.
  public static let unknownFile = note("unknown-file")
  /// Something is so large that a part of it was not compared.
  public static let notCompared = note("not-compared")
  /// There are so many notes that the rest is left out.
  public static let notesOmitted = note("notes-omitted")

  /// All of these.
  package static let ofLayouts: [LayoutFinding.Code] = [
    .layoutInvalid, .indexInvalid, .danglingTag, .mediaTypeMissing, .mediaTypeInvalid,
    .mediaTypeMismatch,
    .memberMissing, .memberRepeated, .blobMissing, .blobKind, .blobSize, .blobDigest,
    .blobUnreadable,
    .algorithmUnsupported, .documentInvalid, .embeddedData, .layerCount, .historyExcess,
    .platformMismatch, .tooMany, .historyShort, .tagName, .tagDuplicate, .subjectMissing,
    .blobElsewhere, .blobUnreferenced, .unknownFile, .notCompared, .notesOmitted,
  ]
}
