public import Store

/// Builds image layouts, sound ones and broken ones, with plain writes and without any sync.
///
/// Nothing is checked: a test may refer to blobs that are not there and write any bytes anywhere.
public final class LayoutBuilder {
  /// The layout's folder.
  public let path: String
  /// The entries that ``finish()`` writes.
  public var entries: [Descriptor] = []

  /// Makes the folders and `oci-layout`; `index.json` comes with ``finish()``.
  public init(at path: String) throws {
    self.path = path
    try Files.makeDirectory(path + "/blobs/sha256")
    try Files.write(LayoutPaths.markerContent, to: path + "/oci-layout")
  }

  /// The path of a blob's file.
  public func path(of digest: Digest) -> String {
    path + "/blobs/" + BlobStore.relativePath(of: digest)
  }

  /// Writes a blob.
  @discardableResult
  public func addBlob(
    _ bytes: [UInt8], mediaType: MediaType, algorithm: DigestAlgorithm = .sha256
  ) throws -> Descriptor {
    var hasher = try ContentHasher(algorithm)
    hasher.update(bytes)
    let digest = hasher.finalize()
    if algorithm != .sha256 { try Files.makeDirectory(path + "/blobs/" + algorithm.name) }
    try Files.write(bytes, to: path(of: digest))
    return Descriptor(mediaType: mediaType, digest: digest, size: Int64(bytes.count))
  }

  /// Writes a blob of text, such as a hand-written document.
  @discardableResult
  public func addBlob(_ text: String, mediaType: MediaType) throws -> Descriptor {
    try addBlob(Array(text.utf8), mediaType: mediaType)
  }

  /// Writes an image: layers of these texts, a config and a manifest.
  ///
  /// The layers are no tar archives; nothing in the store looks into them.
  ///
  /// - Returns: The descriptor of the manifest, without a platform.
  @discardableResult
  public func addImage(
    _ layers: [String] = ["layer"], platform: String = "linux/amd64", isDocker: Bool = false
  ) throws -> Descriptor {
    let blobs = try layers.map { text in
      try addBlob(text, mediaType: isDocker ? .dockerLayer : .layerGzip)
    }
    var config = ImageConfig(created: nil, platform: try Platform(parsing: platform))
    for blob in blobs { config.appendDiffID(try DiffID(parsing: blob.digest.description)) }
    let configBlob = try addBlob(
      config.serialized(), mediaType: isDocker ? .dockerConfig : .imageConfig)
    var manifest = ImageManifest(config: configBlob, layers: blobs)
    let type: MediaType = isDocker ? .dockerManifest : .imageManifest
    manifest.setMediaType(type)
    return try addBlob(manifest.serialized(), mediaType: type)
  }

  /// Writes an image of uncompressed layers, which are tar archives.
  ///
  /// - Returns: The descriptor of the manifest, without a platform.
  @discardableResult
  public func addImage(
    tars layers: [[UInt8]], config extra: JSONObject = [:], platform: String = "linux/amd64"
  ) throws -> Descriptor {
    let blobs = try layers.map { try addBlob($0, mediaType: .layer) }
    let parts = platform.split(separator: "/").map(String.init)
    var root: JSONObject = [
      "architecture": JSONValue(parts[1]), "os": JSONValue(parts[0]), "config": .object(extra),
      "rootfs": [
        "type": "layers",
        "diff_ids": JSONValue(layers.map { JSONValue(Digest.sha256(of: $0).description) }),
      ],
    ]
    if parts.count > 2 { root["variant"] = JSONValue(parts[2]) }
    let config = try addBlob(JSONDocument(.object(root)).serialized(), mediaType: .imageConfig)
    var manifest = ImageManifest(config: config, layers: blobs)
    manifest.setMediaType(.imageManifest)
    return try addBlob(manifest.serialized(), mediaType: .imageManifest)
  }

  /// Writes a nested index, or a Docker manifest list.
  @discardableResult
  public func addIndex(
    _ children: [Descriptor], subject: Descriptor? = nil, isDocker: Bool = false
  ) throws -> Descriptor {
    let type: MediaType = isDocker ? .dockerManifestList : .imageIndex
    let manifests = JSONValue(children.map { .object($0.json) })
    var root: JSONObject = [
      "schemaVersion": 2, "mediaType": JSONValue(type.rawValue), "manifests": manifests,
    ]
    if let subject { root["subject"] = .object(subject.json) }
    return try addBlob(JSONDocument(.object(root)).serialized(), mediaType: type)
  }

  /// Adds an entry, under a name or without one.
  public func tag(_ name: String?, _ descriptor: Descriptor) {
    entries.append(descriptor.settingAnnotation(Annotations.referenceName, to: name))
  }

  /// Writes `index.json` with the entries so far, and opens the layout.
  @discardableResult
  public func finish() throws -> ImageLayout {
    var index = ImageIndex.empty
    index.replaceAllEntries(with: entries)
    try Files.write(index.serialized(), to: path + "/index.json")
    return try ImageLayout.open(path)
  }
}

extension Descriptor {
  /// The same descriptor with a platform.
  public func withPlatform(_ text: String) throws -> Descriptor {
    var json = json
    json["platform"] = .object(try Platform(parsing: text).json)
    return try Descriptor(json: json)
  }

  /// The same descriptor with any member set to any value.
  public func with(_ member: String, _ value: JSONValue) throws -> Descriptor {
    var json = json
    json[member] = value
    return try Descriptor(json: json)
  }
}
