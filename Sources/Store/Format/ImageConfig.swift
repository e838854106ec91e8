/// An image configuration (image-spec v1.1.1, config), of OCI or Docker.
///
/// It keeps the JSON it was read from: what is not edited keeps its bytes, unknown members survive.
public struct ImageConfig: Sendable {
  private var document: JSONDocument

  /// The JSON of the configuration.
  public internal(set) var json: JSONObject

  /// The diff IDs of the layers, lowest first.
  public private(set) var diffIDs: [DiffID]

  /// What was done to make the image, oldest first.
  public private(set) var history: [HistoryEntry]

  static let memberOrder = [
    "created", "author", "architecture", "os", "os.version", "os.features", "variant", "config",
    "rootfs", "history",
  ]

  /// A new configuration of an image without layers, as `new` writes it.
  public init(created: Timestamp?, platform: Platform) {
    var json = JSONObject()
    if let created { json["created"] = JSONValue(created.description) }
    for member in platform.json.members { json[member.name.text] = member.value }
    json["config"] = [:]
    json["rootfs"] = ["type": "layers", "diff_ids": []]
    self.json = json
    document = JSONDocument(.object(json))
    diffIDs = []
    history = []
  }

  /// The configuration that `bytes` spell; `name` stands in errors.
  ///
  /// Throws for known members of a wrong type, malformed times and diff IDs, and a `rootfs.type` that
  /// is present and not `layers`.
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

  /// The configuration that a JSON document holds; throws like `init(parsing:limits:named:)`.
  public init(_ document: JSONDocument) throws(DocumentError) {
    let json = try document.rootObject()
    self.document = document
    self.json = json
    for name in ["created", "author", "architecture", "os", "os.version", "variant"] {
      _ = try json.string(name)
    }
    _ = try json.strings("os.features")
    diffIDs = try Self.diffIDs(of: json)
    history = try Self.history(of: json)
    if let section = try json.object("config") {
      do throws(DocumentError) {
        try Self.checkRuntimeSection(section)
      } catch {
        throw error.within("config")
      }
    }
  }

  private static func diffIDs(of json: JSONObject) throws(DocumentError) -> [DiffID] {
    guard let rootfs = try json.object("rootfs") else { return [] }
    do throws(DocumentError) {
      if let type = try rootfs.string("type"), !type.isEmpty, type != "layers" {
        let found = MediaType(rawValue: type)
        throw DocumentError(.wrongMediaType(found, expected: ["layers"]), at: "type")
      }
      var diffIDs: [DiffID] = []
      for (index, text) in (try rootfs.strings("diff_ids") ?? []).enumerated() {
        do throws(DigestError) {
          diffIDs.append(try DiffID(parsing: text))
        } catch {
          throw DocumentError(.invalidDigest(error), at: "diff_ids[\(index)]")
        }
      }
      return diffIDs
    } catch {
      throw error.within("rootfs")
    }
  }

  private static func history(of json: JSONObject) throws(DocumentError) -> [HistoryEntry] {
    var history: [HistoryEntry] = []
    for (index, element) in (try json.elements("history") ?? []).enumerated() {
      do throws(DocumentError) {
        history.append(try HistoryEntry(json: element))
      } catch {
        throw error.within("history[\(index)]")
      }
    }
    return history
  }

  /// The UTF-8 of the configuration; of an unedited one exactly the bytes that were read.
  public func serialized() -> [UInt8] {
    var document = document
    document.root = .object(json)
    return document.serialized()
  }

  /// Adds the diff ID of a layer on top.
  public mutating func appendDiffID(_ diffID: DiffID) {
    diffIDs.append(diffID)
    var rootfs = json["rootfs"]?.objectValue ?? ["type": "layers"]
    var array = rootfs["diff_ids"]?.arrayValue ?? []
    array.append(JSONValue(diffID.description))
    rootfs.set(.array(array), for: "diff_ids", in: ["type", "diff_ids"])
    json.set(.object(rootfs), for: "rootfs", in: Self.memberOrder)
  }

  /// Adds an entry at the end of the history; earlier ones keep their bytes.
  public mutating func appendHistory(_ entry: HistoryEntry) {
    setHistory(history + [entry])
  }

  /// Replaces the history; an empty one removes the member.
  public mutating func setHistory(_ entries: [HistoryEntry]) {
    history = entries
    let elements = entries.map { JSONValue.object($0.json) }
    json.set(
      elements.isEmpty ? nil : JSONValue(elements), for: "history", in: Self.memberOrder)
  }
}
