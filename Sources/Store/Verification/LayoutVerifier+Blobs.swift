/// Checking descriptors and the files that they stand for.
extension LayoutVerifier {
  /// Checks what a descriptor says about a blob, and the blob itself when it is new.
  ///
  /// - Returns: False when the blob is not there.
  @discardableResult
  mutating func check(_ descriptor: Descriptor, from referrer: String, tag: String?) -> Bool {
    let digest = descriptor.digest
    checkMembers(of: descriptor, in: referrer, tag: tag)
    let embedded = checkEmbeddedData(descriptor, tag: tag)
    let isDocument = DocumentContent.isChecked(descriptor.mediaType)
    let known = contents[digest]
    let size = known ?? visit(descriptor, from: referrer, tag: tag)
    if known == nil { contents[digest] = .some(size) }
    if let size, !isDocument || embedded { addPending(descriptor, size: size, tag: tag) }
    if let size, size != descriptor.size {
      result.damaged[digest] = descriptor.withoutItsDocument
      note(
        .blobSize, digest.description,
        "has \(size) bytes, but \(referrer) says \(descriptor.size)", tag: tag)
      if isDocument, copy(descriptor) != nil { walk.add(descriptor, embedded: false, tag) }
    } else if isDocument, size != nil || embedded || copy(descriptor) != nil {
      walk.add(descriptor, embedded: embedded, tag)
    }
    if isDocument, size == nil, !embedded, copy(descriptor) == nil { result.isIncomplete = true }
    return size != nil || embedded
  }

  private mutating func checkMembers(
    of descriptor: Descriptor, in referrer: String, tag: String?
  ) {
    let name = descriptor.digest.description
    if descriptor.mediaType.rawValue.isEmpty {
      note(.mediaTypeMissing, name, "no media type in \(referrer)", tag: tag)
    } else if let fault = descriptor.mediaType.fault {
      note(.mediaTypeInvalid, name, "its media type in \(referrer) \(fault)", tag: tag)
    }
    guard let platform = descriptor.platform else { return }
    for (member, value) in [("os", platform.os), ("architecture", platform.architecture)]
    where value.isEmpty {
      note(
        .memberMissing, name, "its platform in \(referrer) has no `\(member)`", tag: tag)
    }
    if descriptor.mediaType.isManifest, platforms.count < ConfigFactsCache.limit {
      platforms.insert(PlatformClaim(manifest: descriptor.digest, platform: platform, tag: tag))
    }
  }

  mutating func checkRepetition(_ member: String?, in document: String, tag: String?) {
    guard let member else { return }
    note(
      .memberRepeated, document,
      "an object in it has `\(excerpt(of: member))` twice: readers differ in which one counts",
      tag: tag)
  }

  /// Remembers that a blob's content has to be read; once, whatever refers to it.
  private mutating func addPending(_ descriptor: Descriptor, size: Int64, tag: String?) {
    guard pendingPositions[descriptor.digest] == nil else { return }
    pendingPositions[descriptor.digest] = result.pending.count
    result.pending.append(
      .init(
        digest: descriptor.digest, size: size, mediaType: descriptor.mediaType, tag: tag))
  }

  /// Whether there is embedded data, and it is right.
  private mutating func checkEmbeddedData(_ descriptor: Descriptor, tag: String?) -> Bool {
    do throws(BlobError) {
      return try EmbeddedData.verified(in: descriptor) != nil
    } catch {
      note(.embeddedData, descriptor.digest.description, error.inOneLine, tag: tag)
      return false
    }
  }

  /// Looks at a blob's file for the first time.
  ///
  /// - Returns: Its size; nil when it cannot be used.
  private mutating func visit(
    _ descriptor: Descriptor, from referrer: String, tag: String?
  ) -> Int64? {
    do throws(BlobError) {
      return try layout.blobs.sizeOfFile(descriptor.digest)
    } catch {
      guard case .missing = error else {
        note(error, descriptor, tag: tag)
        return nil
      }
      noteMissing(descriptor, from: referrer, tag: tag)
      return nil
    }
  }

  private mutating func noteMissing(
    _ descriptor: Descriptor, from referrer: String, tag: String?
  ) {
    let digest = descriptor.digest.description
    if let data = descriptor.base64Data, !data.isEmpty { return }
    if descriptor.urls.isEmpty {
      result.damaged[descriptor.digest] = descriptor.withoutItsDocument
      note(.blobMissing, digest, "\(referrer) refers to it", tag: tag)
    } else {
      note(
        .blobElsewhere, digest, "not here; \(referrer) says where it may be fetched", tag: tag)
    }
  }

  mutating func note(_ error: BlobError, _ descriptor: Descriptor, tag: String?) {
    if error.isMendable { result.damaged[descriptor.digest] = descriptor.withoutItsDocument }
    result.findings.add(error.finding(tag: tag))
  }

  mutating func checkSubject(_ subject: Descriptor, of referrer: String, tag: String?) {
    if let status = try? layout.blobs.status(of: subject.digest), status.kind == .regular {
      check(subject, from: referrer, tag: tag)
    } else {
      note(
        .subjectMissing, subject.digest.description, "the subject of \(referrer) is not here",
        tag: tag)
    }
  }
}

extension BlobError {
  /// The finding that the error stands for.
  package func finding(tag: String?) -> LayoutFinding {
    LayoutFinding(findingCode, subject, findingMessage, tag: tag)
  }

  /// What is wrong, without the name of the blob, which the subject is.
  private var findingMessage: String {
    switch self {
    case .digestMismatch(_, let actual): "its content is \(actual)"
    case .sizeMismatch(_, let expected, let actual): "has \(actual) bytes, not \(expected)"
    case .hollow(_, let size): "has \(size) bytes and is hollow: nobody ever wrote most of them"
    case .notAFile: "it is not a regular file"
    case .invalidDocument(_, let reason): reason
    default: inOneLine
    }
  }

  private var findingCode: LayoutFinding.Code {
    switch self {
    case .missing: .blobMissing
    case .notAFile: .blobKind
    case .digestMismatch, .hollow: .blobDigest
    case .sizeMismatch: .blobSize
    case .unsupportedAlgorithm: .algorithmUnsupported
    case .tooLarge, .invalidDocument: .documentInvalid
    case .system: .blobUnreadable
    }
  }

  private var subject: String {
    switch self {
    case .missing(let digest), .notAFile(let digest), .digestMismatch(let digest, _),
      .sizeMismatch(let digest, _, _), .hollow(let digest, _), .unsupportedAlgorithm(let digest),
      .tooLarge(let digest, _, _), .invalidDocument(let digest, _):
      digest.description
    case .system(let error): error.path
    }
  }

  /// Whether another copy of the blob would help.
  package var isMendable: Bool {
    switch self {
    case .missing, .digestMismatch, .sizeMismatch, .hollow, .notAFile: true
    default: false
    }
  }

  /// Whether the blob is there, but is not what its descriptor says.
  var isAboutContent: Bool {
    switch self {
    case .digestMismatch, .sizeMismatch, .hollow: true
    default: false
    }
  }
}

extension DiagnosableError {
  /// The failure with what is behind it.
  package var inOneLine: String { ([description] + causes).joined(separator: ": ") }
}

extension BlobStore {
  /// The size of a blob's file, which must be a regular one.
  func sizeOfFile(_ digest: Digest) throws(BlobError) -> Int64 {
    let status: FileStatus?
    do throws(SyscallError) { status = try self.status(of: digest) } catch { throw .system(error) }
    guard let status else { throw .missing(digest) }
    guard status.kind == .regular else { throw .notAFile(digest) }
    return status.size
  }
}

extension Descriptor {
  /// What is needed to read the blob, without holding the document it was read from in memory.
  var withoutItsDocument: Descriptor {
    Descriptor(mediaType: mediaType, digest: digest, size: size)
  }
}
