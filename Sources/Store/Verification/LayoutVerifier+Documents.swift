/// Reading documents and checking what they say (image-spec v1.1.1: manifest, image-index, config).
extension LayoutVerifier {
  mutating func followAll() {
    while let next = walk.next() { follow(next.descriptor, tag: next.tag) }
  }

  /// Reads a document and checks it and what it refers to.
  private mutating func follow(_ descriptor: Descriptor, tag: String?) {
    let name = descriptor.digest.description
    let content: DocumentContent
    do throws(BlobError) {
      guard let bytes = try readDocument(descriptor, tag: tag) else { return }
      content = try DocumentContent(bytes, of: descriptor)
    } catch {
      result.isIncomplete = true
      note(error, descriptor, tag: tag)
      return
    }
    result.documentCount += 1
    for member in content.missingMembers {
      note(.memberMissing, name, "it has no `\(member)`", tag: tag)
    }
    checkRepetition(content.repeatedMember, in: name, tag: tag)
    if let type = content.artifactType, let fault = type.fault {
      note(.mediaTypeInvalid, name, "its `artifactType` \(fault)", tag: tag)
    }
    if let type = content.mediaType, type != descriptor.mediaType {
      note(
        .mediaTypeMismatch, name,
        "it says that it is of type \(type), and its descriptor \(descriptor.mediaType)", tag: tag)
    }
    for child in content.children {
      result.paths.add(child.digest, from: descriptor.digest)
      check(child, from: name, tag: tag)
    }
    if let subject = content.subject { checkSubject(subject, of: name, tag: tag) }
    if let config = content.imageConfig { checkImage(descriptor, config, content.layers, tag) }
  }

  /// The document's bytes, or those of a copy; nil when it is missing, which was said already.
  private mutating func readDocument(
    _ descriptor: Descriptor, tag: String?
  ) throws(BlobError) -> [UInt8]? {
    do throws(BlobError) {
      return try layout.blobs.readDocument(descriptor, patience: patience)
    } catch {
      if error.isAboutContent { patience = 0 }
      guard error.isMendable, let copy = copy(descriptor) else {
        if case .missing = error { return nil }
        throw error
      }
      if error.isAboutContent { note(error, descriptor, tag: tag) }
      return copy
    }
  }

  /// Compares a manifest with its config.
  private mutating func checkImage(
    _ manifest: Descriptor, _ config: Descriptor, _ layers: [Digest], _ tag: String?
  ) {
    let name = manifest.digest.description
    let places = layers.compactMap { pendingPositions[$0] }
    if places.count == layers.count,
      result.imageLayerCount + places.count <= LayoutExamination.imageLayerLimit
    {
      result.imageLayerCount += places.count
      result.images.append(places)
    }
    // A config that cannot be read is told about when it is followed itself.
    guard let facts = configs.facts(of: config, read: readConfig) else { return }
    if facts.diffIDCount != layers.count {
      note(
        .layerCount, name, "it has \(layers.count) layers, but \(facts.diffIDCount) diff IDs",
        tag: tag)
    }
    // An image that began without a history gets one of edits alone.
    if let made = facts.historyLayers, made != layers.count, made > 0 {
      note(
        made > layers.count ? .historyExcess : .historyShort, name,
        "it has \(layers.count) layers, but its history tells of \(made)", tag: tag)
    }
    configs.remember(config, of: manifest.digest)
    if facts.diffIDs.count < facts.diffIDCount {
      note(.notCompared, name, "it has too many diff IDs to compare them", tag: tag)
    }
    for (layer, diffID) in zip(layers, facts.diffIDs) {
      guard let position = pendingPositions[layer],
        !result.pending[position].diffIDs.contains(diffID)
      else { continue }
      result.pending[position].diffIDs.append(diffID)
    }
  }

  private func readConfig(_ descriptor: Descriptor) -> [UInt8]? {
    (try? layout.blobs.readDocument(descriptor, patience: 0)) ?? copy(descriptor)
  }

  /// Compares what descriptors say about platforms with the configs of their images.
  mutating func comparePlatforms() {
    for claim in platforms {
      guard let config = configs.platform(ofManifest: claim.manifest),
        let difference = claim.platform.contradiction(to: config)
      else { continue }
      note(.platformMismatch, claim.manifest.description, difference, tag: claim.tag)
    }
  }
}

/// The documents that are still to be followed; each is followed once as what it is said to be.
struct DocumentWalk {
  private struct Key: Hashable {
    let digest: Digest
    let mediaType: MediaType
  }

  private var seen: Set<Key> = []
  private var pending: [(descriptor: Descriptor, tag: String?)] = []

  mutating func add(_ descriptor: Descriptor, embedded: Bool, _ tag: String?) {
    let key = Key(digest: descriptor.digest, mediaType: descriptor.mediaType)
    guard seen.insert(key).inserted else { return }
    pending.append((embedded ? descriptor : descriptor.withoutItsDocument, tag))
  }

  mutating func next() -> (descriptor: Descriptor, tag: String?)? { pending.popLast() }
}

/// What an index says about the platform of a manifest.
struct PlatformClaim: Hashable {
  let manifest: Digest
  let platform: Platform
  let tag: String?
}

extension Platform {
  /// What both say differently, in words; nil when they agree.
  ///
  /// What either leaves out is no contradiction.
  fileprivate func contradiction(to config: Platform) -> String? {
    func differ(_ left: String?, _ right: String?) -> Bool {
      guard let left, let right, !left.isEmpty, !right.isEmpty else { return false }
      return left != right
    }
    let isOther =
      differ(os, config.os) || differ(architecture, config.architecture)
      || differ(variant, config.variant) || differ(osVersion, config.osVersion)
    return isOther ? "its descriptor says \(self), and its config \(config)" : nil
  }
}
