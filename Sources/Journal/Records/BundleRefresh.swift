public import Store

/// New files for a bundle, which lie staged in a hidden folder of it and take their places when an
/// operation is published; docs/decisions/0025.
///
/// The last of them is `umoci.json`, which says what the bundle is based on: the bundle is what it was
/// until that one is renamed, and what it shall be from then on.
public struct BundleRefresh: Equatable, Sendable {
  /// The name of the hidden folder.
  public static let stageName = ".umoci-tx-refresh"

  /// One of the files.
  public struct File: Equatable, Sendable {
    /// The name in the hidden folder.
    public let stagedName: String
    /// The name in the bundle.
    public let name: String
    /// The digest of its content.
    public let digest: Digest

    /// Names a file.
    public init(stagedName: String, name: String, digest: Digest) {
      self.stagedName = stagedName
      self.name = name
      self.digest = digest
    }
  }

  /// The absolute path of the bundle.
  public let bundle: String
  /// The manifest that the bundle was based on.
  public let base: Digest
  /// The manifest that it will be based on.
  public let manifest: Descriptor
  /// The files, in the order in which they are moved.
  public let files: [File]
  /// A file of the bundle that is of no use any more.
  public let obsolete: String?
  /// Where the path is meant; nil when an earlier version has planned it.
  public let place: BundlePlace?

  /// Describes a refresh.
  public init(
    bundle: String, base: Digest, manifest: Descriptor, files: [File], obsolete: String?,
    place: BundlePlace?
  ) {
    self.bundle = bundle
    self.base = base
    self.manifest = manifest
    self.files = files
    self.obsolete = obsolete
    self.place = place
  }
}

// MARK: - JSON

extension BundleRefresh {
  /// The refresh as the database keeps it.
  var json: JSONValue {
    var object: JSONObject = [
      "bundle": JSONValue(bundle), "base": JSONValue(base.description),
      "manifest": .object(manifest.json), "files": JSONValue(files.map(\.json)),
    ]
    object["place"] = place.map { JSONValue($0.text) }
    object["obsolete"] = obsolete.map { JSONValue($0) }
    return .object(object)
  }

  /// Reads what the database has; nil for anything that this program would not have written.
  ///
  /// The layout may be untrusted: no other file of a bundle is ever touched.
  init?(json: JSONValue) {
    let object = json.objectValue
    guard let bundle = object?["bundle"]?.stringValue, bundle.hasPrefix("/"),
      let base = object?["base"]?.stringValue.flatMap({ try? Digest(parsing: $0) }),
      let manifest = object?["manifest"].flatMap({ try? Descriptor(json: $0) }),
      let elements = object?["files"]?.arrayValue?.elements
    else { return nil }
    let files = elements.compactMap(File.init)
    let obsolete = object?["obsolete"]?.stringValue
    guard files.count == elements.count, files.last?.name == "umoci.json",
      obsolete.map(Self.isMtreeName) ?? true
    else { return nil }
    self.init(
      bundle: bundle, base: base, manifest: manifest, files: files, obsolete: obsolete,
      place: object?["place"]?.stringValue.flatMap(BundlePlace.init))
  }

  /// Whether a name is that of an mtree file: `sha256_<hex>.mtree`.
  fileprivate static func isMtreeName(_ name: String) -> Bool {
    guard name.hasSuffix(".mtree"), let mark = name.firstIndex(of: "_") else { return false }
    let digest = name.dropLast(6)
    return (try? Digest(parsing: digest[..<mark] + ":" + digest[mark...].dropFirst())) != nil
  }
}

extension BundleRefresh.File {
  fileprivate var json: JSONValue {
    [
      "staged": JSONValue(stagedName), "name": JSONValue(name),
      "digest": JSONValue(digest.description),
    ]
  }

  fileprivate init?(json: JSONValue) {
    let object = json.objectValue
    guard let stagedName = object?["staged"]?.stringValue, let name = object?["name"]?.stringValue,
      let digest = object?["digest"]?.stringValue.flatMap({ try? Digest(parsing: $0) })
    else { return nil }
    let isKnown =
      ["umoci.json", "umoci-tx-stat-cache"].contains(name) || BundleRefresh.isMtreeName(name)
    guard isKnown, !stagedName.contains("/"), !stagedName.isEmpty, stagedName != ".." else {
      return nil
    }
    self.init(stagedName: stagedName, name: name, digest: digest)
  }
}
