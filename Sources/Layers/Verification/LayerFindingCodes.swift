public import Store

/// What can be found about the content of layers (image-spec v1.1.1, layer).
extension LayoutFinding.Code {
  /// The uncompressed layer is not what the config's diff ID says.
  public static let diffID = problem("diff-id")
  /// The compressed stream is damaged.
  public static let layerCompression = problem("layer-compression")
  /// The stream is compressed otherwise than the media type says.
  public static let layerMistyped = problem("layer-mistyped")
  /// The tar stream is damaged.
  public static let layerArchive = problem("layer-archive")
  /// The layer demands more than any honest one.
  public static let layerLimit = problem("layer-limit")
  /// The name of an entry, or the target of a hard link, has a step up (`..`).
  public static let entryEscape = problem("entry-escape")
  /// The name of an entry begins with a slash.
  public static let entryAbsolute = problem("entry-absolute")
  /// The root of the file system is something other than a folder.
  public static let entryRoot = problem("entry-root")
  /// A layer has two entries of one name.
  public static let entryDuplicate = problem("entry-duplicate")
  /// An entry cannot be made: the target of a hard link is not there, or the way to it is endless.
  public static let entryRefused = problem("entry-refused")
  /// Programs read an entry's headers differently.
  public static let entryAmbiguous = problem("entry-ambiguous")
  /// A whiteout names nothing, or is no empty file.
  public static let whiteoutInvalid = problem("whiteout-invalid")
  /// A layer is of a type that cannot be looked into.
  public static let layerTypeUnknown = note("layer-type-unknown")

  /// All of these.
  package static let ofLayers: [LayoutFinding.Code] = [
    .diffID, .layerCompression, .layerMistyped, .layerArchive, .layerLimit, .entryEscape,
    .entryAbsolute, .entryRoot, .entryDuplicate, .entryRefused, .entryAmbiguous,
    .whiteoutInvalid, .layerTypeUnknown,
  ]
}
