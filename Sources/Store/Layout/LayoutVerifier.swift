/// Checks that a layout is whole: that everything reachable from `index.json` is there and right.
///
/// Nothing is changed, no lock is taken, and the journal is not looked at. The work is bounded by
/// what lies on disk: every blob is visited once, whatever refers to it.
public struct LayoutVerifier {
  /// What to look at.
  public struct Options: Sendable {
    /// Whether layers are read and hashed too.
    ///
    /// Documents always are.
    public var isDeep: Bool
    /// Whether files that nobody knows are noted.
    public var notesUnknownFiles: Bool

    /// Makes options; by default layers are read and unknown files are no matter.
    public init(isDeep: Bool = true, notesUnknownFiles: Bool = false) {
      self.isDeep = isDeep
      self.notesUnknownFiles = notesUnknownFiles
    }
  }

  /// The most findings that are listed.
  static let maximumFindings = 1000

  private struct DocumentKey: Hashable {
    let digest: Digest
    let mediaType: MediaType
  }

  let layout: ImageLayout
  let options: Options
  private var findings: Set<LayoutFinding> = []
  private var contents: [Digest: Int64?] = [:]
  private var documents: Set<DocumentKey> = []
  private var diffIDCounts: [Digest: Int?] = [:]
  private var pending: [Descriptor] = []
  /// How long damaged documents may still be waited for, in milliseconds; another tool may be
  /// writing the first, but hardly a thousand.
  private var patience: UInt32 = BlobStore.patience

  private init(_ layout: ImageLayout, _ options: Options) {
    self.layout = layout
    self.options = options
  }

  /// Verifies the layout at a path; one that cannot be opened gives a finding too.
  public static func verify(at path: String, _ options: Options = Options()) -> [LayoutFinding] {
    do throws(LayoutError) {
      return verify(try ImageLayout(opening: path), options)
    } catch {
      return [LayoutFinding(.layoutInvalid, path, error.inOneLine)]
    }
  }

  /// Verifies an open layout.
  ///
  /// - Returns: What was found, sorted: problems first. None means that the layout is whole.
  public static func verify(
    _ layout: ImageLayout, _ options: Options = Options()
  ) -> [LayoutFinding] {
    var verifier = LayoutVerifier(layout, options)
    verifier.checkIndex()
    if options.notesUnknownFiles { verifier.noteUnknownFiles() }
    return verifier.findings.sorted()
  }

  mutating func note(_ code: LayoutFinding.Code, _ subject: String, _ message: String) {
    if findings.count < Self.maximumFindings {
      findings.insert(LayoutFinding(code, subject, message))
    } else {
      findings.insert(
        LayoutFinding(.tooMany, layout.path, "only the first \(Self.maximumFindings) are listed"))
    }
  }

  private mutating func checkIndex() {
    let index: ImageIndex
    do throws(LayoutError) { index = try layout.readIndex().index } catch {
      note(.indexInvalid, LayoutPaths.index, error.inOneLine)
      return
    }
    var names: Set<String> = []
    for entry in index.entries { checkEntry(entry, &names) }
    if let subject = index.subject { checkSubject(subject, of: LayoutPaths.index) }
    while let next = pending.popLast() { follow(next) }
  }

  private mutating func checkEntry(_ entry: IndexEntry, _ names: inout Set<String>) {
    let isThere = check(entry.descriptor, from: LayoutPaths.index)
    guard let name = entry.referenceName else { return }
    if !isThere { note(.danglingTag, name, "\(entry.descriptor.digest) is missing") }
    if !ReferenceName.isValid(name) { note(.tagName, name, "not a valid reference name") }
    if !names.insert(name).inserted { note(.tagDuplicate, name, "several entries have this name") }
  }

  private mutating func checkSubject(_ subject: Descriptor, of referrer: String) {
    if let status = try? layout.blobs.status(of: subject.digest), status.kind == .regular {
      check(subject, from: referrer)
    } else {
      note(.subjectMissing, subject.digest.description, "the subject of \(referrer) is not here")
    }
  }

  /// Checks what a descriptor says about a blob, and the blob itself when it is new.
  ///
  /// - Returns: False when the blob is not there.
  @discardableResult
  private mutating func check(_ descriptor: Descriptor, from referrer: String) -> Bool {
    let digest = descriptor.digest
    if descriptor.mediaType.rawValue.isEmpty {
      note(.mediaTypeMissing, digest.description, "no media type in \(referrer)")
    }
    let embedded = checkEmbeddedData(descriptor)
    let known = contents[digest]
    let size = known ?? visit(descriptor, from: referrer)
    if known == nil { contents[digest] = .some(size) }
    if let size, size != descriptor.size {
      note(
        .blobSize, digest.description,
        "has \(size) bytes, but \(referrer) says \(descriptor.size)")
    } else if size != nil || embedded, DocumentContent.isChecked(descriptor.mediaType),
      documents.insert(DocumentKey(digest: digest, mediaType: descriptor.mediaType)).inserted
    {
      pending.append(embedded ? descriptor : descriptor.withoutItsDocument)
    }
    return size != nil || embedded
  }

  /// Whether there is embedded data, and it is right.
  private mutating func checkEmbeddedData(_ descriptor: Descriptor) -> Bool {
    do throws(BlobError) {
      return try EmbeddedData.verified(in: descriptor) != nil
    } catch {
      note(.embeddedData, descriptor.digest.description, error.inOneLine)
      return false
    }
  }

  /// Looks at a blob's file for the first time, hashing it unless its document is read anyway.
  ///
  /// - Returns: Its size; nil when it cannot be used.
  private mutating func visit(_ descriptor: Descriptor, from referrer: String) -> Int64? {
    let digest = descriptor.digest
    var size: Int64?
    do throws(BlobError) {
      let found = try layout.blobs.sizeOfFile(digest)
      size = found
      if options.isDeep, !DocumentContent.isChecked(descriptor.mediaType) {
        try layout.blobs.verify(digest, size: found)
      }
    } catch {
      if case .missing = error {
        noteMissing(descriptor, from: referrer)
      } else {
        note(error, digest)
      }
    }
    return size
  }

  private mutating func noteMissing(_ descriptor: Descriptor, from referrer: String) {
    let digest = descriptor.digest.description
    if let data = descriptor.base64Data, !data.isEmpty { return }
    if descriptor.urls.isEmpty {
      note(.blobMissing, digest, "\(referrer) refers to it")
    } else {
      note(.blobElsewhere, digest, "not here; \(referrer) says where it may be fetched")
    }
  }

  private mutating func note(_ error: BlobError, _ digest: Digest) {
    note(error.finding, digest.description, error.inOneLine)
  }

  /// Reads a document and checks it and what it refers to.
  private mutating func follow(_ descriptor: Descriptor) {
    let name = descriptor.digest.description
    let content: DocumentContent
    do throws(BlobError) {
      let bytes = try readDocument(descriptor)
      content = try DocumentContent(bytes, of: descriptor)
    } catch {
      note(error, descriptor.digest)
      return
    }
    for member in content.missingMembers { note(.configIncomplete, name, "it has no `\(member)`") }
    for child in content.children { check(child, from: name) }
    if let subject = content.subject { checkSubject(subject, of: name) }
    if let config = content.imageConfig { checkLayerCount(config, content.layerCount, of: name) }
  }

  private mutating func readDocument(_ descriptor: Descriptor) throws(BlobError) -> [UInt8] {
    do throws(BlobError) {
      return try layout.blobs.readDocument(descriptor, patience: patience)
    } catch {
      if error.isAboutContent { patience = 0 }
      throw error
    }
  }

  private mutating func checkLayerCount(_ config: Descriptor, _ layers: Int, of name: String) {
    let known = diffIDCounts[config.digest]
    let count = known ?? layout.blobs.diffIDCount(of: config)
    diffIDCounts[config.digest] = .some(count)
    // A config that cannot be read is told about when it is followed itself.
    guard let count, count != layers else { return }
    note(.layerCount, name, "it has \(layers) layers, but \(count) diff IDs")
  }
}

extension Descriptor {
  /// What is needed to read the blob, without holding the document it was read from in memory.
  fileprivate var withoutItsDocument: Descriptor {
    Descriptor(mediaType: mediaType, digest: digest, size: size)
  }
}
