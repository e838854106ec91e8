public import Journal
public import Store

/// What a list of images tells about one of them: an entry of index.json, or an image in an index.
public struct ListedImage: Sendable {
  /// The entry, with its name if it has one.
  public let descriptor: Descriptor
  /// The images of an index, when they were asked for.
  public internal(set) var images: [ListedImage] = []
  /// What its documents tell, when that was asked for.
  public internal(set) var facts: Facts?
  /// The operation that moved its tag last, when that was asked for and is known.
  public internal(set) var move: OperationRecord?

  /// What the documents of an image tell, as far as they are there.
  public struct Facts: Equatable, Sendable {
    /// What it runs on; several for an index.
    public var platforms: [Platform] = []
    /// What its blobs take in bytes, each counted once; nil when some document is not there.
    public var size: Int64?
    /// When it was made; of an index, its newest image.
    ///
    /// Nil for times before 1970, which stand for none.
    public var created: Timestamp?

    /// Nothing.
    public init() {}
  }
}

extension ImageLookup {
  /// How deep indexes are listed.
  private static let maximumDepth = 8

  /// All entries of the index, in order.
  ///
  /// - Parameters:
  ///   - isLong: Whether documents and the history are read for what they tell.
  ///   - isComplete: Whether the images of indexes are listed too.
  ///   - sequence: The last operation that counts; nil for all.
  /// - Throws: ``JournalError``; what is missing or damaged is left out.
  public func list(
    isLong: Bool, isComplete: Bool, through sequence: Int64? = nil
  ) throws(JournalError) -> [ListedImage] {
    var images: [ListedImage] = []
    for entry in index.entries {
      var image = listed(entry.descriptor, isLong, isComplete, depth: 0)
      if isLong {
        let move = try history?.lastMove(of: EntryKey(entry), through: sequence)?.record
        // Who did what was there before the history began is unknown.
        image.move = move?.kind == .adopt ? nil : move
      }
      images.append(image)
    }
    return images
  }

  private func listed(
    _ descriptor: Descriptor, _ isLong: Bool, _ isComplete: Bool, depth: Int
  ) -> ListedImage {
    var image = ListedImage(descriptor: descriptor)
    if isLong { image.facts = ImageFacts(descriptor, read).facts }
    guard isComplete, depth < Self.maximumDepth, descriptor.mediaType.isIndex,
      let bytes = try? read(descriptor),
      let children = try? DocumentChildren.descriptors(in: bytes, of: descriptor),
      let subject = try? DocumentChildren.subject(in: bytes, of: descriptor).map({ [$0] }) ?? []
    else { return image }
    image.images = children.dropLast(subject.count).map {
      listed($0, isLong, isComplete, depth: depth + 1)
    }
    return image
  }
}

/// Putting together what an image's documents tell.
private struct ImageFacts {
  private(set) var facts = ListedImage.Facts()
  private var blobs: [Digest: Int64] = [:]
  private var isComplete = true
  private let read: DocumentSource
  /// How deep indexes are followed.
  private static let maximumDepth = 8
  /// How many documents are read.
  private static let maximumDocuments = 1024

  init(_ descriptor: Descriptor, _ read: @escaping DocumentSource) {
    self.read = read
    add(descriptor, depth: 0)
    facts.size = isComplete ? ByteCount(sum: blobs.values).value : nil
  }

  private mutating func add(_ descriptor: Descriptor, depth: Int) {
    guard blobs.updateValue(descriptor.size, forKey: descriptor.digest) == nil else { return }
    let platform = descriptor.platform
    guard depth < Self.maximumDepth, blobs.count <= Self.maximumDocuments,
      let image = try? ImageInspection(descriptor, read: read)
    else {
      isComplete = false
      if let platform { note(platform) }
      return
    }
    switch image.document {
    case .manifest(let manifest):
      for blob in [manifest.config] + manifest.layers { blobs[blob.digest] = blob.size }
      guard case .image(let config) = image.config else { return }
      note(platform ?? config.platform)
      facts.created = [facts.created, config.created].compactMap { $0 }
        .filter { $0.secondsSinceEpoch >= 0 }.max()
    case .index(let index):
      for entry in index.entries { add(entry.descriptor, depth: depth + 1) }
    case .opaque:
      if let platform { note(platform) }
    }
  }

  private mutating func note(_ platform: Platform) {
    if !facts.platforms.contains(platform) { facts.platforms.append(platform) }
  }
}
