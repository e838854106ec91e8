/// The annotations of a descriptor, manifest or index: names and values, sorted by the bytes of the
/// names (image-spec v1.1.1, annotations).
public struct Annotations: Sendable, Equatable, ExpressibleByDictionaryLiteral {
  /// A name and its value.
  public struct Entry: Sendable, Equatable {
    /// The name.
    public let key: String
    /// The value.
    public var value: String

    /// An entry.
    public init(key: String, value: String) {
      self.key = key
      self.value = value
    }

    /// Whether both are the same bytes.
    public static func == (left: Entry, right: Entry) -> Bool {
      left.key.utf8.elementsEqual(right.key.utf8) && left.value.utf8.elementsEqual(right.value.utf8)
    }
  }

  /// The entries, sorted by name, each name once.
  public private(set) var entries: [Entry] = []

  /// Up to so many are searched one by one: most comparisons end at the length.
  private static let fewEntries = 8

  /// No annotations.
  public init() {}

  /// The given entries; of those with the same name the last counts.
  public init(_ entries: [Entry]) {
    if entries.count < 2 {
      self.entries = entries
      return
    }
    let sorted = entries.enumerated().sorted {
      $0.element.key.utf8.elementsEqual($1.element.key.utf8)
        ? $0.offset < $1.offset
        : $0.element.key.utf8.lexicographicallyPrecedes($1.element.key.utf8)
    }
    for (_, entry) in sorted {
      if let last = self.entries.last, last.key.utf8.elementsEqual(entry.key.utf8) {
        self.entries.removeLast()
      }
      self.entries.append(entry)
    }
  }

  /// Annotations from a literal.
  public init(dictionaryLiteral elements: (String, String)...) {
    self.init(elements.map { Entry(key: $0, value: $1) })
  }

  init(json: JSONObject) throws(DocumentError) {
    var entries: [Entry] = []
    for member in json.members {
      switch member.value {
      case .string(let value):
        entries.append(Entry(key: member.name.text, value: value.text))
      case .null: entries.append(Entry(key: member.name.text, value: ""))
      default:
        throw DocumentError(
          .wrongKind(member.value.kind, expected: "a string"), at: excerpt(of: member.name.text))
      }
    }
    self.init(entries)
  }

  /// Whether there are none.
  public var isEmpty: Bool { entries.isEmpty }

  /// The value of that name.
  public subscript(key: String) -> String? {
    get {
      if entries.count <= Self.fewEntries {
        for entry in entries where entry.key.hasSameUTF8(as: key) { return entry.value }
        return nil
      }
      let position = position(of: key)
      return isEntry(at: position, named: key) ? entries[position].value : nil
    }
    set {
      let position = position(of: key)
      let exists = isEntry(at: position, named: key)
      switch (newValue, exists) {
      case (let value?, true): entries[position].value = value
      case (let value?, false): entries.insert(Entry(key: key, value: value), at: position)
      case (nil, true): entries.remove(at: position)
      case (nil, false): break
      }
    }
  }

  /// The annotations as a JSON object, sorted by name.
  public var json: JSONObject {
    JSONObject(entries.map { .init(name: JSONString($0.key), value: JSONValue($0.value)) })
  }

  private func isEntry(at position: Int, named key: String) -> Bool {
    position < entries.count && entries[position].key.hasSameUTF8(as: key)
  }

  /// Where the entry of that name is, or would have to be.
  private func position(of key: String) -> Int {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].key.utf8.lexicographicallyPrecedes(key.utf8) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }
}

extension Annotations {
  /// The name of a reference, on the entries of index.json.
  public static let referenceName = "org.opencontainers.image.ref.name"
  /// The time at which the image was built, RFC 3339.
  public static let created = "org.opencontainers.image.created"
  /// The people responsible for the image.
  public static let authors = "org.opencontainers.image.authors"
  /// The version of the packaged software.
  public static let version = "org.opencontainers.image.version"
  /// The revision of the source.
  public static let revision = "org.opencontainers.image.revision"
  /// The title of the image.
  public static let title = "org.opencontainers.image.title"
  /// What the image is.
  public static let description = "org.opencontainers.image.description"
  /// The digest of the base image.
  public static let baseImageDigest = "org.opencontainers.image.base.digest"
  /// The reference of the base image.
  public static let baseImageName = "org.opencontainers.image.base.name"
  /// The size of a layer before compression, in bytes, as umoci writes it on layer descriptors.
  public static let uncompressedBlobSize = "ci.umo.uncompressed_blob_size"
}
