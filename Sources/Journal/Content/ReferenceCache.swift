internal import Glibc
internal import Store

/// What the documents of a layout refer to: remembered from the first time that each was taken apart.
final class ReferenceCache {
  private struct Key: Hashable {
    let digest: String
    let role: Int64
  }

  private let finder: ContentFinder
  private var known: [Key: [UInt8]] = [:]
  /// What was taken apart now.
  private(set) var newReferences: [(document: BlobReference, references: [BlobReference])] = []
  private var newKeys: [Key: Int] = [:]
  /// How long documents that other tools are just writing are waited for, all together, in milliseconds.
  private var patience = BlobStore.patience
  /// What could not be, and why.
  private(set) var problems: [Digest: BlobError] = [:]
  /// Documents of unknown types that are too large to be looked into.
  private(set) var unexamined: Set<Digest> = []

  /// A cache that ``load()`` fills.
  init(_ finder: ContentFinder) { self.finder = finder }

  /// Loads everything that is remembered.
  func load() throws(JournalError) {
    guard let database = finder.database, try database.remembersReferences() else { return }
    var known: [Key: [UInt8]] = [:]
    try database.forEachDocument { known[Key(digest: $0, role: $1)] = $2 }
    self.known = known
  }

  /// What a document refers to.
  ///
  /// - Returns: Nil when it is nowhere, or nowhere as it should be; ``problems`` says why.
  /// - Throws: ``JournalError`` when the layout cannot be read at all.
  func references(of document: BlobReference) throws(JournalError) -> [BlobReference]? {
    let key = Key(digest: document.digest.description, role: Int64(document.role.rawValue))
    if let bytes = known[key], let references = BlobReference.decode(bytes) { return references }
    if let place = newKeys[key] { return newReferences[place].references }
    guard problems[document.digest] == nil else { return nil }
    do throws(JournalError) {
      let references = try takeApart(document.descriptor)
      remember(document, references)
      return references
    } catch {
      // A file that this user may not read, or that a disk cannot, must not look like garbage.
      guard case .blob(let cause) = error, !cause.isSystem else { throw error }
      if case .tooLarge = cause {} else if case .missing = cause {} else { patience = 0 }
      if document.role == .unknown {
        // It may or may not refer to anything.
        if case .tooLarge = cause { unexamined.insert(document.digest) }
        return []
      }
      problems[document.digest] = cause
      return nil
    }
  }

  private func takeApart(_ descriptor: Descriptor) throws(JournalError) -> [BlobReference] {
    let bytes = try finder.read(
      descriptor, in: [.database, .keep, .blobs], patience: patience)
    do throws(BlobError) { return try BlobReference.references(in: bytes, of: descriptor) } catch {
      throw .blob(error)
    }
  }

  /// Whether a document is there and is not what it should be: what it needs is not known.
  ///
  /// One that is gone needs nothing.
  func isDamaged(_ document: Digest) -> Bool {
    switch problems[document] {
    case nil, .missing: false
    default: true
    }
  }

  /// Forgets that documents could not be read: they may be readable by now.
  func forgetProblems(of documents: Set<Digest>) {
    for document in documents { problems[document] = nil }
  }

  /// What the database remembers wrongly, or not at all, of what was taken apart now.
  func corrections(
    _ database: JournalDatabase
  ) throws(JournalError) -> [(document: BlobReference, references: [BlobReference])] {
    var corrections: [(document: BlobReference, references: [BlobReference])] = []
    for entry in newReferences
    where try database.references(in: entry.document) != entry.references {
      corrections.append(entry)
    }
    return corrections
  }

  /// Remembers what somebody has taken apart.
  func remember(_ document: BlobReference, _ references: [BlobReference]) {
    let key = Key(digest: document.digest.description, role: Int64(document.role.rawValue))
    newKeys[key] = newReferences.count
    newReferences.append((document, references))
  }
}

extension ReferenceCache {
  /// Up to this size, in bytes, a blob that nothing refers to is looked into for a `subject`.
  private static let maximumSniffedSize: Int64 = 4 << 20

  /// A blob that nothing refers to, if it is a manifest or an index with a `subject`, and what it refers to.
  ///
  /// - Throws: ``JournalError`` when the layout cannot be read.
  func unreferencedDocument(
    _ digest: Digest
  ) throws(JournalError) -> (document: BlobReference, references: [BlobReference])? {
    if isKnownWithoutSubject(digest) { return nil }
    guard let bytes = try sniff(digest) else { return nil }
    let name = digest.description
    guard let root = try? JSONDocument(parsing: bytes, limits: .blob, named: name).root,
      let object = root.objectValue, object["subject"]?.objectValue != nil
    else { return nil }
    let type: MediaType =
      object["mediaType"]?.stringValue.map { MediaType(rawValue: $0) }
      ?? (object["manifests"] == nil ? .imageManifest : .imageIndex)
    let descriptor = Descriptor(mediaType: type, digest: digest, size: Int64(bytes.count))
    let document = BlobReference(descriptor)
    guard document.role.refersToOthers,
      let references = try? BlobReference.references(in: bytes, of: descriptor),
      Self.digest(of: bytes, digest.algorithm) == digest
    else { return nil }
    remember(document, references)
    return (document, references)
  }

  /// Whether it has been taken apart before, and was about nothing else.
  private func isKnownWithoutSubject(_ digest: Digest) -> Bool {
    let name = digest.description
    return [BlobReference.Role.manifest, .index].contains { role in
      guard let bytes = known[Key(digest: name, role: Int64(role.rawValue))],
        let references = BlobReference.decode(bytes)
      else { return false }
      return !references.contains(where: \.isSubject)
    }
  }

  private static func digest(of bytes: [UInt8], _ algorithm: DigestAlgorithm) -> Digest? {
    guard var hasher = try? ContentHasher(algorithm) else { return nil }
    hasher.update(bytes)
    return hasher.finalize()
  }

  /// The bytes of a blob that may be a document with a `subject`; nil for anything else.
  private func sniff(_ digest: Digest) throws(JournalError) -> [UInt8]? {
    do throws(BlobError) {
      let file = try finder.layout.blobs.openUnverified(digest)
      do throws(SyscallError) {
        guard try file.firstByte() == UInt8(ascii: "{") else { return nil }
        try file.rewind()
        let bytes = try file.readToEnd(limit: Int(Self.maximumSniffedSize)) ?? []
        return Self.mayHaveSubject(bytes) ? bytes : nil
      } catch {
        throw .system(error)
      }
    } catch {
      if case .system = error { throw .blob(error) }
      return nil
    }
  }

  /// Whether the word `subject` stands in the bytes, or may stand there in escapes.
  private static func mayHaveSubject(_ bytes: [UInt8]) -> Bool {
    bytes.holds("\"subject\"") || bytes.holds("\\u")
  }
}

extension [UInt8] {
  /// Whether a text of ASCII stands somewhere in the bytes.
  fileprivate func holds(_ text: StaticString) -> Bool {
    let length = text.utf8CodeUnitCount
    return withUnsafeBytes { bytes in
      guard var rest = bytes.baseAddress else { return false }
      let end = rest + bytes.count
      while end - rest >= length,
        let found = memchr(rest, Int32(text.utf8Start[0]), end - rest - length + 1)
      {
        if memcmp(found, text.utf8Start, length) == 0 { return true }
        rest = UnsafeRawPointer(found) + 1
      }
      return false
    }
  }
}

extension OpenFile {
  /// The first byte; nil when the file is empty.
  fileprivate func firstByte() throws(SyscallError) -> UInt8? {
    var byte: UInt8 = 0
    var failure: SyscallError?
    let count = withUnsafeMutableBytes(of: &byte) { buffer in
      do throws(SyscallError) { return try read(into: buffer) } catch {
        failure = error
        return 0
      }
    }
    if let failure { throw failure }
    return count == 1 ? byte : nil
  }
}
