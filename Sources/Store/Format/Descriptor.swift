/// A reference to some content by digest (image-spec v1.1.1, descriptor).
///
/// A descriptor keeps the JSON it was read from, so that unknown members survive. Equality is that of
/// the JSON content, whatever the order of members and white space.
public struct Descriptor: Sendable, Equatable {
  /// The JSON of this descriptor.
  public private(set) var json: JSONObject

  /// The media type of the content; empty if it was left out.
  public private(set) var mediaType: MediaType

  /// The digest of the content.
  public private(set) var digest: Digest

  /// The size of the content in bytes, never negative.
  public private(set) var size: Int64

  /// The annotations.
  public private(set) var annotations: Annotations

  static let memberOrder = [
    "mediaType", "digest", "size", "urls", "annotations", "data", "platform", "artifactType",
  ]

  /// A new descriptor; a negative size becomes 0.
  public init(
    mediaType: MediaType, digest: Digest, size: Int64, annotations: Annotations = [:],
    platform: Platform? = nil, artifactType: String? = nil
  ) {
    self.mediaType = mediaType
    self.digest = digest
    self.size = max(size, 0)
    self.annotations = annotations
    json = [
      "mediaType": JSONValue(mediaType.rawValue), "digest": JSONValue(digest.description),
      "size": JSONValue(self.size),
    ]
    if !annotations.isEmpty { json["annotations"] = .object(annotations.json) }
    if let platform { json["platform"] = .object(platform.json) }
    json.set(artifactType, for: "artifactType", in: Self.memberOrder)
  }

  /// The descriptor that a JSON value holds.
  ///
  /// Throws for a missing or malformed digest, a size that is no integer of 0 ..< 2^63, and known
  /// members of a wrong type.
  public init(json value: JSONValue) throws(DocumentError) {
    guard case .object(let object) = value else {
      throw DocumentError(.wrongKind(value.kind, expected: "an object"))
    }
    try self.init(json: object)
  }

  /// The descriptor that a JSON object holds; throws like `init(json:)` of a value.
  public init(json: JSONObject) throws(DocumentError) {
    self.json = json
    mediaType = MediaType(rawValue: try json.string("mediaType") ?? "")
    digest = try json.digest("digest")
    size = try Self.size(of: json)
    annotations = try json.annotations("annotations")
    _ = try json.strings("urls")
    _ = try json.string("data")
    _ = try json.string("artifactType")
    _ = try Self.platform(of: json)
  }

  private static func size(of json: JSONObject) throws(DocumentError) -> Int64 {
    guard let value = json.present("size") else { throw DocumentError(.missing, at: "size") }
    guard case .number(let number) = value else {
      throw DocumentError(.wrongKind(value.kind, expected: "a number"), at: "size")
    }
    guard let size = number.integer, size >= 0 else {
      let expected = "a size in bytes (an integer of 0 to 9223372036854775807)"
      throw DocumentError(.invalidInteger(number.spelling, expected: expected), at: "size")
    }
    return size
  }

  private static func platform(of json: JSONObject) throws(DocumentError) -> Platform? {
    guard let object = try json.object("platform") else { return nil }
    do throws(DocumentError) {
      return try Platform(json: object)
    } catch {
      throw error.within("platform")
    }
  }

  /// Where the content may be fetched from.
  public var urls: [String] { (try? json.strings("urls")) ?? [] }

  /// The embedded content as it is spelt: base64.
  public var base64Data: String? { json["data"]?.stringValue }

  /// The embedded content, decoded but not verified; nil if there is none.
  ///
  /// Throws `.invalidBase64`. The caller has to compare digest and size before trusting it.
  public func unverifiedData() throws(DocumentError) -> [UInt8]? {
    guard let text = base64Data else { return nil }
    guard let bytes = Base64.decode(text) else { throw DocumentError(.invalidBase64, at: "data") }
    return bytes
  }

  /// The platform of the content.
  public var platform: Platform? { (try? Self.platform(of: json)) ?? nil }

  /// The type of an artifact.
  public var artifactType: String? { json["artifactType"]?.stringValue }

  /// The value of `org.opencontainers.image.ref.name`; not necessarily a valid reference name.
  public var referenceName: String? { annotations[Annotations.referenceName] }
}

extension Descriptor {
  /// The same descriptor with an annotation set, or removed if `value` is nil.
  ///
  /// A new name goes to its place among sorted ones; with the last annotation the member goes too.
  public func settingAnnotation(_ key: String, to value: String?) -> Descriptor {
    if let value, let old = annotations[key], old.utf8.elementsEqual(value.utf8) { return self }
    var result = self
    result.annotations[key] = value
    var object = json["annotations"]?.objectValue ?? JSONObject()
    if let value { object.setSorted(JSONValue(value), for: key) } else { object.remove(key) }
    result.json.set(
      object.isEmpty ? nil : .object(object), for: "annotations", in: Self.memberOrder)
    return result
  }

  /// The same descriptor for other content: embedded data is dropped, all else stays.
  public func withDigest(_ digest: Digest, size: Int64) -> Descriptor {
    var result = self
    result.digest = digest
    result.size = max(size, 0)
    result.json.set(JSONValue(digest.description), for: "digest", in: Self.memberOrder)
    result.json.set(JSONValue(result.size), for: "size", in: Self.memberOrder)
    result.json.remove("data")
    return result
  }

  /// The same descriptor with its members in the order of the specification, unknown ones last.
  package func inUsualOrder() -> Descriptor {
    var result = self
    let members = json.members
    let known = Self.memberOrder.flatMap { name in members.filter { $0.name.text == name } }
    let others = members.filter { !Self.memberOrder.contains($0.name.text) }
    result.json = JSONObject(known + others)
    return result
  }

  /// The same descriptor with another media type.
  public func withMediaType(_ mediaType: MediaType) -> Descriptor {
    var result = self
    result.mediaType = mediaType
    result.json.set(JSONValue(mediaType.rawValue), for: "mediaType", in: Self.memberOrder)
    return result
  }

  /// Whether both say the same about the same content, leaving out members that OCI does not know.
  ///
  /// Other tools drop unknown members when they rewrite an index.
  public func isSameReference(as other: Descriptor) -> Bool {
    mediaType == other.mediaType && digest == other.digest && size == other.size
      && annotations == other.annotations && urls == other.urls && base64Data == other.base64Data
      && platform == other.platform && artifactType == other.artifactType
  }

  /// Whether the JSON content of both is the same.
  public static func == (left: Descriptor, right: Descriptor) -> Bool {
    left.digest == right.digest && left.json == right.json
  }
}
