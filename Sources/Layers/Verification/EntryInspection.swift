internal import Store

/// Looks at the entries of one layer, one after the other.
struct EntryInspection {
  /// The most findings that one layer gives.
  static let limit = 20
  /// The most names, and the most folders, that are remembered, eight bytes each.
  static let nameLimit = 1 << 21

  private let blob: LayoutExamination.PendingBlob
  private let limits: ExtractionLimits
  private var names: Set<Int> = []
  private var folders: Set<Int> = []
  private var contentBytes: ByteCount = 0
  private var entryCount = 0
  private var omitted = 0
  private(set) var findings: [LayoutFinding] = []
  /// Whether the layers below decide whether an entry can be made.
  private(set) var needsImage = false
  /// Whether the whole stream was read.
  private(set) var isComplete = false

  init(of blob: LayoutExamination.PendingBlob, _ limits: ExtractionLimits) {
    self.blob = blob
    self.limits = limits
  }

  /// Reads a tar stream to its end, or as far as it can be read.
  mutating func inspect(_ stream: any TarInput) throws {
    do {
      let reader = TarReader(stream, headerLimit: limits.headerSize)
      while try reader.advance() {
        entryCount += 1
        guard entryCount <= limits.entries else {
          throw LayerFailure(reason: .limit(.entries(limit: limits.entries)))
        }
        inspect(reader.entry)
      }
    } catch let error as ArchiveError {
      // The diff ID can still be told.
      fail(error)
    }
    while try stream.nextPiece() != nil {}
    isComplete = true
  }

  /// Compares the digests of the stream with the diff IDs that configs give.
  mutating func compare(_ actual: [Digest], _ diffIDs: [DiffID]) {
    for diffID in diffIDs where !actual.contains(diffID.digest) {
      let found = actual.first { $0.algorithm == diffID.digest.algorithm } ?? actual[0]
      add(.diffID, "the uncompressed layer is \(found), and a config says \(diffID.digest)")
    }
  }

  /// Tells of a layer that is compressed otherwise than its media type says.
  mutating func note(_ mistype: (says: CompressionAlgorithm, is: CompressionAlgorithm)) {
    add(
      .layerMistyped,
      "its media type says compression \(mistype.says), and it is \(mistype.is)")
  }

  /// Adds what stopped the reading.
  mutating func fail(_ error: any Error) {
    switch ExtractionError.Reason(error) {
    case .archive(let error): add(.layerArchive, error.description)
    case .compression(let error): add(.layerCompression, error.description)
    case .limit(let violation): add(.layerLimit, violation.description)
    case .entry(let error): add(.layerLimit, error.description)
    // The blob itself: its own verification tells.
    default: break
    }
  }

  private mutating func add(_ code: LayoutFinding.Code, _ message: String) {
    let rest = findings.count < Self.limit ? message : "and more of this sort"
    guard findings.count <= Self.limit || findings.last?.code != code else { return }
    guard findings.count <= Self.limit + LayoutFinding.Code.ofLayers.count else { return }
    let finding = LayoutFinding(code, blob.digest.description, rest, tag: blob.tag)
    if !findings.contains(finding) { findings.append(finding) }
  }
}

/// What an entry is called (image-spec v1.1.1, layer; umoci-behaviour §4.3).
extension EntryInspection {
  private mutating func inspect(_ entry: TarEntry) {
    let name = printable(entry.path)
    if entry.path.first == UInt8(ascii: "/") {
      add(.entryAbsolute, "entry \(name) begins with a slash")
    }
    if Self.hasStepUp(entry.path) { add(.entryEscape, "entry \(name) has a step up in its name") }
    if entry.kind == .hardLink, Self.hasStepUp(entry.linkTarget) {
      add(
        .entryEscape,
        "the target of hard link \(name) has a step up: \(printable(entry.linkTarget))")
    }
    for doubt in entry.doubts { add(.entryAmbiguous, "entry \(name): \(doubt)") }
    var path = EntryPath()
    do throws(EntryError) { try path.assign(entry.path, limits) } catch {
      return add(.layerLimit, "entry \(name): \(error)")
    }
    if path.isRoot, entry.kind != .directory {
      add(.entryRoot, "entry \(name) makes the root something other than a folder")
    }
    inspectDemands(of: entry, name)
    let isWhiteout = inspectWhiteout(path, entry, name)
    let place = Self.hash(path.bytes[...])
    if !isWhiteout { inspectPlace(place, path, entry) }
    inspectDuplicate(place, path, name)
  }

  private mutating func inspectDemands(of entry: TarEntry, _ name: String) {
    contentBytes += entry.size
    if contentBytes.value > limits.layerBytes {
      add(.layerLimit, ExtractionLimits.Violation.layerBytes(limit: limits.layerBytes).description)
    }
    do throws(EntryError) { try EntryMetadata.check(entry.attributes, limits) } catch {
      add(.layerLimit, "entry \(name): \(error)")
    }
  }

  /// Whether the entry makes nothing.
  private mutating func inspectWhiteout(
    _ path: EntryPath, _ entry: TarEntry, _ name: String
  ) -> Bool {
    guard path.mayHaveWhiteout else { return false }
    do throws(EntryError) {
      guard let whiteout = try path.whiteout() else {
        if EntryPath.leftovers.contains(path.bytes) { addLeftover(name) }
        return false
      }
      if case .name(let hidden) = whiteout, hidden.starts(with: Whiteout.prefix) {
        addLeftover(name)
      }
      if entry.kind != .regular || entry.size != 0 {
        add(.whiteoutInvalid, "whiteout \(name) is no empty file")
      }
    } catch {
      if case .belowWhiteout = error {
        add(.whiteoutInvalid, "entry \(name) lies below a whiteout, where nothing can be")
      } else {
        add(.whiteoutInvalid, "whiteout \(name) names nothing that it could hide")
      }
    }
    return true
  }

  private mutating func addLeftover(_ name: String) {
    add(.whiteoutInvalid, "\(name) is a name that AUFS keeps for itself")
  }

  /// Looks whether this layer alone tells that the entry can be made where it is named.
  private mutating func inspectPlace(_ place: Int, _ path: EntryPath, _ entry: TarEntry) {
    if !path.parent.isEmpty, !folders.contains(Self.hash(path.parent)) { needsImage = true }
    switch entry.kind {
    case .directory where folders.count < Self.nameLimit: folders.insert(place)
    case .directory: needsImage = true
    case .hardLink:
      var target = EntryPath()
      guard (try? target.assign(entry.linkTarget, limits)) != nil, !target.mayHaveWhiteout else {
        needsImage = true
        return
      }
      let known = Self.hash(target.bytes[...])
      if known == place || !names.contains(known) || folders.contains(known) { needsImage = true }
    default: if folders.contains(place) { needsImage = true }
    }
  }

  /// Hashes stand for names: seeded anew in each run, so that nobody can make two meet.
  private static func hash(_ path: ArraySlice<UInt8>) -> Int {
    var hasher = Hasher()
    path.withUnsafeBytes { hasher.combine(bytes: $0) }
    return hasher.finalize()
  }

  private mutating func inspectDuplicate(_ place: Int, _ path: EntryPath, _ name: String) {
    guard names.count < Self.nameLimit else {
      if names.count == Self.nameLimit {
        add(
          .notCompared, "it has more than \(Self.nameLimit) names; duplicates were not looked for")
        names.insert(0)
      }
      return
    }
    if !names.insert(place).inserted, !path.isRoot {
      add(.entryDuplicate, "there are two entries \(name)")
    }
  }

  /// Whether a name has a step up, which no tool that packs a root file system writes.
  private static func hasStepUp(_ name: [UInt8]) -> Bool {
    name.split(separator: UInt8(ascii: "/")).contains { $0.elementsEqual([0x2e, 0x2e]) }
  }
}
