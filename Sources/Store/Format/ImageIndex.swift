/// An entry of an index: a descriptor and the name that refers to it, if any.
public struct IndexEntry: Sendable, Equatable {
  /// The descriptor, with the name among its annotations.
  public let descriptor: Descriptor

  /// The value of `org.opencontainers.image.ref.name`; untrusted, so it may be anything.
  public let referenceName: String?

  /// The entry of a descriptor.
  public init(_ descriptor: Descriptor) {
    self.descriptor = descriptor
    referenceName = descriptor.referenceName
  }

  /// Whether both entries have equal descriptors.
  public static func == (left: IndexEntry, right: IndexEntry) -> Bool {
    left.descriptor == right.descriptor
  }
}

/// An image index: `index.json` or a nested index (image-spec v1.1.1, image index).
///
/// A Docker manifest list is read the same way. Entries that are not edited keep their bytes.
public struct ImageIndex: Sendable {
  /// The entries in order; takes O(entries) after some were removed.
  public var entries: [IndexEntry] {
    removedSlots.isEmpty
      ? slots : slots.indices.lazy.filter { !removedSlots.contains($0) }.map { slots[$0] }
  }

  /// The entries in order, and what was there of those that were removed since they were last closed up.
  private var slots: [IndexEntry]
  private var removedSlots: Set<Int> = []

  /// The media type written in the document.
  public let mediaType: MediaType?

  private var document: JSONDocument
  private var root: JSONObject
  private var hasEditedEntries = false
  /// For each reference name the slots of its entries, ascending.
  private var positions: [ExactText: [Int]] = [:]

  static let memberOrder = [
    "schemaVersion", "mediaType", "artifactType", "manifests", "subject", "annotations",
  ]

  /// An index without entries, as `init` writes it.
  public static let empty = ImageIndex()

  private init() {
    root = [
      "schemaVersion": 2, "mediaType": JSONValue(MediaType.imageIndex.rawValue), "manifests": [],
    ]
    document = JSONDocument(.object(root))
    mediaType = .imageIndex
    slots = []
  }

  /// The index that `bytes` spell; `name` stands in errors.
  ///
  /// `schemaVersion` must be 2, `mediaType`, if present, that of an index; `config` and `layers` must
  /// be absent (CVE-2021-41190); absent or null `manifests` are empty.
  public init(
    parsing bytes: [UInt8], limits: JSONLimits = .index, named name: String
  ) throws(DocumentError) {
    let document = try JSONDocument(bytes, limits: limits, named: name)
    do throws(DocumentError) {
      try self.init(document)
    } catch {
      throw error.named(name)
    }
  }

  /// The index that a JSON document holds; throws like `init(parsing:limits:named:)`.
  public init(_ document: JSONDocument) throws(DocumentError) {
    let root = try document.rootObject()
    self.document = document
    self.root = root
    try root.requireSchemaVersion2()
    mediaType = try root.requireMediaType(among: [.imageIndex, .dockerManifestList])
    try root.forbid(["config", "layers"])
    slots = try root.descriptors("manifests").map(IndexEntry.init)
    _ = try root.annotations("annotations")
    _ = try root.descriptor("subject")
    rebuildPositions()
  }

  /// The UTF-8 of the index; of an unedited one exactly the bytes that were read.
  public func serialized() -> [UInt8] {
    var document = document
    var root = root
    if hasEditedEntries {
      let manifests = entries.map { JSONValue.object($0.descriptor.json) }
      root.set(JSONValue(manifests), for: "manifests", in: Self.memberOrder)
    }
    document.root = .object(root)
    return document.serialized()
  }

  /// The descriptor of the content that this index is about.
  public var subject: Descriptor? { (try? root.descriptor("subject")) ?? nil }

  /// The type of an artifact.
  public var artifactType: String? { root["artifactType"]?.stringValue }

  /// Required members that are not there (image-spec v1.1.1, image-index).
  package var missingMembers: [String] { root.isPresent("manifests") ? [] : ["manifests"] }

  /// The names of members, but for the entries, that another index does not have, or has otherwise.
  ///
  /// - Parameter annotation: The key of an annotation that does not count.
  package func membersMissing(in other: ImageIndex, besides annotation: String) -> [String] {
    let (left, right) = (comparable(without: annotation), other.comparable(without: annotation))
    let names = left.members.map(\.name.text).filter { left[$0] != right[$0] }
    return names.map { excerpt(of: $0) }
  }

  private func comparable(without annotation: String) -> JSONObject {
    var object = root
    object["manifests"] = nil
    object.setAnnotation(annotation, to: nil, in: Self.memberOrder)
    return object
  }

  /// The name of a member that some object in the document has twice; nil when there is none.
  package var repeatedMember: String? { JSONValue.object(root).repeatedMember }

  /// The annotations of the index itself.
  public var annotations: Annotations { (try? root.annotations("annotations")) ?? [:] }

  /// An annotation of the index itself.
  public func annotation(_ key: String) -> String? { annotations[key] }

  /// Sets an annotation of the index itself, or removes it if `value` is nil.
  public mutating func setAnnotation(_ key: String, to value: String?) {
    root.setAnnotation(key, to: value, in: Self.memberOrder)
  }
}

extension ImageIndex {
  /// The entries of that name, in order.
  public func entries(named name: String) -> [IndexEntry] {
    positions(of: name).map { slots[$0] }
  }

  /// The names in order of their first entry; entries without a name are left out.
  public var referenceNames: [String] {
    var names: [String] = []
    for (position, entry) in slots.enumerated() where !removedSlots.contains(position) {
      if let name = entry.referenceName, positions[ExactText(name)]?.first == position {
        names.append(name)
      }
    }
    return names
  }

  /// Drops all entries of that name and appends new ones at the end, as umoci does.
  ///
  /// The descriptors get the name as annotation. An empty list removes the name.
  public mutating func replaceEntries(named name: String, with descriptors: [Descriptor]) {
    replaceEntries([ReferenceEdit(name: name, descriptors: descriptors)], placement: .atEnd)
  }

  /// Puts new entries where the first one of that name is, or at the end if there is none.
  public mutating func replaceEntriesInPlace(named name: String, with descriptors: [Descriptor]) {
    replaceEntries([ReferenceEdit(name: name, descriptors: descriptors)], placement: .inPlace)
  }

  /// Where replaced entries go.
  public enum Placement: Sendable {
    /// Behind all other entries.
    case atEnd
    /// Where the first entry of the name is, or behind all others if there is none.
    case inPlace
  }

  /// What entries a name shall have; none removes it.
  public struct ReferenceEdit: Sendable, Equatable {
    /// The name.
    public let name: String
    /// The entries to be; they get the name as annotation.
    public let descriptors: [Descriptor]

    /// An edit of the entries of one name.
    public init(name: String, descriptors: [Descriptor]) {
      self.name = name
      self.descriptors = descriptors
    }
  }

  /// Makes many edits at once, in O(entries + edits); of edits of one name the last counts.
  public mutating func replaceEntries(_ edits: [ReferenceEdit], placement: Placement) {
    var replacements: [Int: [IndexEntry]] = [:]
    var appended: [IndexEntry] = []
    for edit in Self.lastEdits(edits) {
      let new = edit.descriptors.map {
        IndexEntry($0.settingAnnotation(Annotations.referenceName, to: edit.name))
      }
      let old = positions(of: edit.name)
      for position in old { replacements[position] = [] }
      if placement == .inPlace, let first = old.first {
        replacements[first] = new
      } else {
        appended += new
      }
    }
    apply(replacements, appended: appended)
  }

  /// Appends an entry as it is, with or without a name.
  public mutating func append(_ descriptor: Descriptor) {
    apply([:], appended: [IndexEntry(descriptor)])
  }

  /// Removes all entries without a name that refer to `digest`; returns how many there were.
  @discardableResult
  public mutating func removeUnnamedEntries(digest: Digest) -> Int {
    var replacements: [Int: [IndexEntry]] = [:]
    for (position, entry) in slots.enumerated()
    where entry.descriptor.digest == digest && entry.referenceName == nil
      && !removedSlots.contains(position)
    {
      replacements[position] = []
    }
    apply(replacements, appended: [])
    return replacements.count
  }

  /// Replaces all entries; names are taken as they are.
  public mutating func replaceAllEntries(with descriptors: [Descriptor]) {
    slots = descriptors.map(IndexEntry.init)
    removedSlots = []
    hasEditedEntries = true
    rebuildPositions()
  }

  private static func lastEdits(_ edits: [ReferenceEdit]) -> [ReferenceEdit] {
    if edits.count < 2 { return edits }
    var last: [ExactText: Int] = [:]
    for (index, edit) in edits.enumerated() { last[ExactText(edit.name)] = index }
    return edits.indices.filter { last[ExactText(edits[$0].name)] == $0 }.map { edits[$0] }
  }

  private mutating func apply(_ replacements: [Int: [IndexEntry]], appended: [IndexEntry]) {
    if replacements.isEmpty && appended.isEmpty { return }
    hasEditedEntries = true
    for (position, new) in replacements where new.count < 2 {
      // The name stays; slots are not moved, so that the next edit finds them as fast.
      if let entry = new.first { slots[position] = entry } else { remove(at: position) }
    }
    let isSpread = replacements.values.contains { $0.count > 1 }
    if isSpread || removedSlots.count > max(Self.fewSlots, slots.count / 2) {
      closeUp(replacements.filter { $0.value.count > 1 })
    }
    for entry in appended {
      note(entry, at: slots.count)
      slots.append(entry)
    }
  }

  /// So many removed entries are never worth closing up.
  private static let fewSlots = 32

  private mutating func remove(at position: Int) {
    removedSlots.insert(position)
    guard let name = slots[position].referenceName.map(ExactText.init) else { return }
    positions[name]?.removeAll { $0 == position }
    if positions[name]?.isEmpty == true { positions[name] = nil }
  }

  /// Drops what was removed, and puts several entries in the place of one.
  private mutating func closeUp(_ replacements: [Int: [IndexEntry]]) {
    var result: [IndexEntry] = []
    result.reserveCapacity(slots.count - removedSlots.count)
    for (position, entry) in slots.enumerated() where !removedSlots.contains(position) {
      result += replacements[position] ?? [entry]
    }
    slots = result
    removedSlots = []
    rebuildPositions()
  }

  private mutating func rebuildPositions() {
    positions = [:]
    positions.reserveCapacity(slots.count)
    for (position, entry) in slots.enumerated() { note(entry, at: position) }
  }

  private mutating func note(_ entry: IndexEntry, at position: Int) {
    if let name = entry.referenceName { positions[ExactText(name), default: []].append(position) }
  }

  private func positions(of name: String) -> [Int] { positions[ExactText(name)] ?? [] }
}
