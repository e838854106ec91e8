/// A depth-first walk from entries to targets, whose work is bounded for any input.
struct PathSearch {
  /// The deepest nesting of indexes that is followed.
  static let maximumDepth = 32
  /// The most descriptors that are looked at, each counted as often as it is reached.
  static let maximumSteps = 65_536
  /// The most documents that are read.
  static let maximumDocuments = 1024
  /// The most bytes of documents that are read.
  static let maximumBytes: Int64 = 64 << 20
  /// The most paths that are collected.
  static let maximumPaths = 10_000

  /// What was read stays known: a document that many ways lead to is parsed once.
  private struct Key: Hashable {
    let digest: Digest
    let mediaType: MediaType
    let size: Int64
  }

  private let name: String
  private var children: [Key: [Descriptor]] = [:]
  private var steps = 0
  private var bytes: Int64 = 0
  private var found: [DescriptorPath] = []

  init(name: String) {
    self.name = name
  }

  /// All paths from these entries, in document order.
  mutating func paths(
    from entries: [Descriptor], read: DocumentSource
  ) throws -> [DescriptorPath] {
    for entry in entries { try visit(entry, below: [], read) }
    return found
  }

  private mutating func visit(
    _ descriptor: Descriptor, below parents: [Descriptor], _ read: DocumentSource
  ) throws {
    steps += 1
    guard steps <= Self.maximumSteps else {
      throw tooComplex("more than \(Self.maximumSteps) references are behind it")
    }
    switch DocumentChildren.role(of: descriptor.mediaType) {
    case .target:
      guard found.count < Self.maximumPaths else {
        throw tooComplex("more than \(Self.maximumPaths) images are behind it")
      }
      found.append(DescriptorPath(parents: parents, target: descriptor))
    case .leaf: return
    case .container:
      guard parents.count < Self.maximumDepth else {
        throw tooComplex("its indexes are nested deeper than \(Self.maximumDepth), or in a loop")
      }
      for child in try readChildren(of: descriptor, read) {
        try visit(child, below: parents + [descriptor], read)
      }
    }
  }

  private mutating func readChildren(
    of descriptor: Descriptor, _ read: DocumentSource
  ) throws -> [Descriptor] {
    let key = Key(
      digest: descriptor.digest, mediaType: descriptor.mediaType, size: descriptor.size)
    if let known = children[key] { return known }
    guard children.count < Self.maximumDocuments else {
      throw tooComplex("more than \(Self.maximumDocuments) indexes are behind it")
    }
    guard descriptor.size <= Self.maximumBytes - bytes else {
      throw tooComplex("its indexes are larger than \(Self.maximumBytes >> 20) MiB in all")
    }
    bytes += descriptor.size
    let result = try DocumentChildren.descriptors(in: try read(descriptor), of: descriptor)
    guard result.count <= Self.maximumSteps - steps else {
      throw tooComplex("more than \(Self.maximumSteps) references are behind it")
    }
    children[key] = result
    return result
  }

  private func tooComplex(_ limit: String) -> ReferenceError {
    .tooComplex(name: name, limit: limit)
  }
}

extension DocumentChildren {
  /// What a blob is on the way from a name to an image.
  enum Role {
    /// What a name can stand for: a manifest, or a blob whose type is not followed.
    case target
    /// A document that is walked through.
    case container
    /// A known document that refers to nothing and is no image.
    case leaf
  }

  /// The role of blobs of a type.
  static func role(of type: MediaType) -> Role {
    if type.isIndex || type == .descriptor { return .container }
    return type == .imageConfig || type == .emptyJSON ? .leaf : .target
  }
}
