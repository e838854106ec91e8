public import Store

/// Where the content of a layout is: the one that knows every place, whether something is to be read, restored,
/// repaired or planned.
///
/// Reads only. What an operation has staged itself it alone knows; ``ContentRestorer`` looks there first.
public struct ContentFinder {
  /// Where a copy may lie, in the order in which they are looked at.
  package enum Place: String, Sendable, CaseIterable {
    /// In `blobs/`.
    case blobs
    /// Among the second names that the history gives to blobs.
    case keep
    /// In the database, which copies documents.
    case database
    /// In what garbage collections have withdrawn; the newest first.
    case trash

    /// All but `blobs/`: what takes the place of a blob.
    static let elsewhere: [Self] = [.keep, .database, .trash]
    /// Those that hold files.
    static let files: [Self] = [.blobs, .keep, .trash]
  }

  /// A copy.
  package struct Copy: Sendable {
    /// What it is a copy of.
    package let digest: Digest
    /// Its size in bytes.
    package let size: Int64
    /// Where it lies.
    package let place: Place
    /// The folder below which it has the blob's path; nil for the database.
    let folder: OpenDirectory?

    /// The word for its place in records and messages.
    package var word: String { place.rawValue }
    var path: String { BlobStore.relativePath(of: digest) }
  }

  let layout: ImageLayout
  let control: ControlFolder?
  let database: JournalDatabase?

  /// Looks at a layout by its opened parts.
  init(_ layout: ImageLayout, _ control: ControlFolder?, _ database: JournalDatabase?) {
    self.layout = layout
    self.control = control
    self.database = database
  }

  /// The first copy that has the right size: what a writer could bring back.
  ///
  /// Files are not read; a copy in the database was verified, and needs no size.
  ///
  /// - Parameter size: In bytes; nil for any.
  package func find(
    _ digest: Digest, size: Int64? = nil, in places: [Place] = Place.allCases
  ) throws(JournalError) -> Copy? {
    for place in places {
      for copy in try copies(of: digest, in: place)
      where place == .database || size == nil || copy.size == size { return copy }
    }
    return nil
  }

  /// The first copy that is good; each candidate is read to its end, and what cannot be read is none.
  package func verified(_ digest: Digest, in places: [Place] = Place.elsewhere) -> Copy? {
    for place in places {
      for copy in (try? copies(of: digest, in: place)) ?? [] {
        guard let folder = copy.folder else { return copy }
        if Self.isGood(copy, in: folder) { return copy }
      }
    }
    return nil
  }

  private static func isGood(_ copy: Copy, in folder: OpenDirectory) -> Bool {
    guard let file = (try? folder.openRegularFile(copy.path)) ?? nil,
      var reader = try? BlobReader(file, expecting: copy.digest, size: copy.size)
    else { return false }
    return (try? reader.drain()) != nil
  }

  private func copies(of digest: Digest, in place: Place) throws(JournalError) -> [Copy] {
    if place == .database {
      guard let bytes = try database?.document(digest) else { return [] }
      return [Copy(digest: digest, size: Int64(bytes.count), place: place, folder: nil)]
    }
    do throws(SyscallError) {
      var copies: [Copy] = []
      for folder in try folders(place) {
        let status =
          place == .blobs
          ? try layout.blobs.status(of: digest)
          : try folder.status(of: BlobStore.relativePath(of: digest))
        guard let status, status.kind == .regular else { continue }
        copies.append(Copy(digest: digest, size: status.size, place: place, folder: folder))
      }
      return copies
    } catch {
      throw .system(error)
    }
  }

  private func folders(_ place: Place) throws(SyscallError) -> [OpenDirectory] {
    guard place != .blobs else { return [layout.blobs.directory] }
    guard let control, place != .database else { return [] }
    guard place == .trash else { return [control.keep] }
    let trash = TrashFolder(control: control)
    var folders: [OpenDirectory] = []
    for name in try trash.names().reversed() {
      if let folder = try trash.open(name) { folders.append(folder) }
    }
    return folders
  }
}

/// Documents.
extension ContentFinder {
  /// The verified bytes of a document; nil when no good copy is there.
  ///
  /// - Parameter size: In bytes; nil for any.
  package func document(
    _ digest: Digest, size: Int64? = nil, in places: [Place] = [.database, .keep, .trash]
  ) -> [UInt8]? {
    let isFitting = { (found: Int64) in
      found <= Int64(BlobStore.maximumDocumentSize) && (size == nil || found == size)
    }
    for place in places {
      if place == .database {
        // To say that there is a copy, it is read and verified already.
        let bytes = (try? database?.document(digest)) ?? nil
        if let bytes, isFitting(Int64(bytes.count)) { return bytes }
        continue
      }
      for copy in (try? copies(of: digest, in: place)) ?? [] where isFitting(copy.size) {
        if let bytes = try? bytes(of: copy) { return bytes }
      }
    }
    return nil
  }

  /// The verified bytes of a copy that is a document.
  func bytes(of copy: Copy) throws(JournalError) -> [UInt8] {
    guard let folder = copy.folder else {
      guard let bytes = try database?.document(copy.digest) else {
        throw .blob(.missing(copy.digest))
      }
      return bytes
    }
    do throws(BlobError) {
      let file: OpenFile?
      do throws(SyscallError) { file = try folder.openRegularFile(copy.path) } catch {
        throw .system(error)
      }
      guard let file else { throw .notAFile(copy.digest) }
      var reader = try BlobReader(file, expecting: copy.digest, size: copy.size)
      return try reader.readToEnd()
    } catch {
      throw .blob(error)
    }
  }

  /// The verified bytes of a document: the data in its descriptor, or else the first good copy.
  ///
  /// - Parameters:
  ///   - places: Where to look, in this order.
  ///   - patience: How long other tools have to finish a blob, in milliseconds.
  /// - Throws: What is wrong with the database, or else with the blob.
  func read(
    _ descriptor: Descriptor, in places: [Place], patience: UInt32 = BlobStore.patience
  ) throws(JournalError) -> [UInt8] {
    let (digest, size) = (descriptor.digest, descriptor.size)
    var blobFailure: BlobError?
    var failure: JournalError?
    for place in places {
      switch place {
      case .blobs:
        do throws(BlobError) {
          return try layout.blobs.readDocument(descriptor, patience: patience)
        } catch {
          if case .tooLarge = error { throw .blob(error) }
          blobFailure = error
        }
      case .database:
        do throws(JournalError) {
          if let copy = try database?.document(digest), copy.count == size { return copy }
        } catch {
          failure = error
        }
      case .keep, .trash:
        if let bytes = document(digest, size: size, in: [place]) { return bytes }
      }
    }
    throw failure ?? .blob(blobFailure ?? .missing(digest))
  }

  /// The verified bytes of a document, for readers.
  ///
  /// - Throws: ``BlobError`` when it is nowhere as its descriptor says; ``JournalError`` when the
  ///   journal cannot be read.
  public func read(_ descriptor: Descriptor) throws -> [UInt8] {
    if let data = try EmbeddedData.verified(in: descriptor) { return data }
    do throws(JournalError) { return try read(descriptor, in: [.blobs, .database, .keep]) } catch {
      if case .blob(let cause) = error { throw cause }
      throw error
    }
  }
}
