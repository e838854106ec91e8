/// An image manifest (image-spec v1.1.1, image manifest), of OCI or Docker.
///
/// It keeps the JSON it was read from: what is not edited keeps its bytes.
public struct ImageManifest: Sendable {
  /// The descriptor of the configuration.
  public private(set) var config: Descriptor

  /// The descriptors of the layers, lowest first.
  public private(set) var layers: [Descriptor]

  /// The media type written in the document.
  public private(set) var mediaType: MediaType?

  private var document: JSONDocument
  private var root: JSONObject

  static let memberOrder = [
    "schemaVersion", "mediaType", "artifactType", "config", "layers", "subject", "annotations",
  ]

  /// A new OCI manifest with a configuration and layers.
  public init(config: Descriptor, layers: [Descriptor] = []) {
    self.config = config
    self.layers = layers
    mediaType = .imageManifest
    root = [
      "schemaVersion": 2, "mediaType": JSONValue(MediaType.imageManifest.rawValue),
      "config": .object(config.json), "layers": JSONValue(layers.map { .object($0.json) }),
    ]
    document = JSONDocument(.object(root))
  }

  /// The manifest that `bytes` spell; `name` stands in errors.
  ///
  /// `schemaVersion` must be 2, `mediaType`, if present, that of a manifest, and `manifests` must be
  /// absent (CVE-2021-41190); absent or null `layers` are empty.
  public init(
    parsing bytes: [UInt8], limits: JSONLimits = .blob, named name: String
  ) throws(DocumentError) {
    let document = try JSONDocument(bytes, limits: limits, named: name)
    do throws(DocumentError) {
      try self.init(document)
    } catch {
      throw error.named(name)
    }
  }

  /// The manifest that a JSON document holds; throws like `init(parsing:limits:named:)`.
  public init(_ document: JSONDocument) throws(DocumentError) {
    let root = try document.rootObject()
    self.document = document
    self.root = root
    try root.requireSchemaVersion2()
    mediaType = try root.requireMediaType(among: [.imageManifest, .dockerManifest])
    try root.forbid(["manifests"])
    guard let config = try root.descriptor("config") else {
      throw DocumentError(.missing, at: "config")
    }
    self.config = config
    layers = try root.descriptors("layers")
    _ = try root.descriptor("subject")
    _ = try root.annotations("annotations")
    _ = try root.string("artifactType")
  }

  /// The UTF-8 of the manifest; of an unedited one exactly the bytes that were read.
  public func serialized() -> [UInt8] {
    var document = document
    document.root = .object(root)
    return document.serialized()
  }

  /// The JSON of the manifest.
  public var json: JSONObject { root }

  /// The descriptor of the manifest that this one is about.
  public var subject: Descriptor? { (try? root.descriptor("subject")) ?? nil }

  /// The annotations.
  public var annotations: Annotations { (try? root.annotations("annotations")) ?? [:] }

  /// The type of an artifact.
  public var artifactType: String? { root["artifactType"]?.stringValue }
}

extension ImageManifest {
  /// Replaces the descriptor of the configuration.
  public mutating func setConfig(_ descriptor: Descriptor) {
    config = descriptor
    root.set(.object(descriptor.json), for: "config", in: Self.memberOrder)
  }

  /// Replaces the layers; layers that were there before keep their bytes.
  public mutating func setLayers(_ descriptors: [Descriptor]) {
    layers = descriptors
    let elements = descriptors.map { JSONValue.object($0.json) }
    root.set(JSONValue(elements), for: "layers", in: Self.memberOrder)
  }

  /// Adds a layer on top.
  public mutating func appendLayer(_ descriptor: Descriptor) {
    setLayers(layers + [descriptor])
  }

  /// Sets the media type, or removes it if it is nil.
  public mutating func setMediaType(_ type: MediaType?) {
    mediaType = type
    root.set(type?.rawValue, for: "mediaType", in: Self.memberOrder)
  }

  /// Replaces the descriptor of what this manifest is about, or removes it.
  public mutating func setSubject(_ descriptor: Descriptor?) {
    root.set(descriptor.map { .object($0.json) }, for: "subject", in: Self.memberOrder)
  }

  /// Sets an annotation, or removes it if `value` is nil; the last one takes the member with it.
  public mutating func setAnnotation(_ key: String, to value: String?) {
    root.setAnnotation(key, to: value, in: Self.memberOrder)
  }

  /// Removes all annotations.
  public mutating func removeAnnotations() {
    root.remove("annotations")
  }
}
