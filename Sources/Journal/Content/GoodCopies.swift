package import Store

/// Copies of a layout's blobs that lie elsewhere in it: kept by the history, withdrawn by gc, or
/// copied into the database.
///
/// Reading only; what it gives was verified.
package struct GoodCopies {
  /// Where a copy lies.
  package enum Place: Sendable, Equatable {
    /// In `keep/`.
    case keep
    /// In the trash of a garbage collection.
    case trash
    /// In the database.
    case database

    /// The word for it in records and messages.
    package var word: String {
      switch self {
      case .keep: "keep"
      case .trash: "trash"
      case .database: "database"
      }
    }
  }

  /// A copy that was found.
  package struct Copy: Sendable {
    /// What it is a copy of.
    package let digest: Digest
    /// Its size in bytes.
    package let size: Int64
    /// Where it lies.
    package let place: Place
    let folder: OpenDirectory?
  }

  private let control: ControlFolder
  private let database: JournalDatabase?

  /// Looks at a layout by its opened parts.
  init(_ control: ControlFolder, _ database: JournalDatabase?) {
    self.control = control
    self.database = database
  }

  /// The bytes of a document; nil when no good copy is there.
  package func document(_ descriptor: Descriptor) -> [UInt8]? {
    let digest = descriptor.digest
    if let copy = (try? database?.document(digest)) ?? nil { return copy }
    guard descriptor.size <= Int64(BlobStore.maximumDocumentSize), let copy = find(digest),
      let bytes = try? copy.folder?.openFile(BlobStore.relativePath(of: digest))
        .readToEnd(limit: BlobStore.maximumDocumentSize)
    else { return nil }
    return bytes
  }

  /// A good copy of a blob; reads each candidate to its end.
  package func find(_ digest: Digest) -> Copy? {
    for (place, folder) in folders(of: digest) {
      let path = BlobStore.relativePath(of: digest)
      guard let status = (try? folder.status(of: path)) ?? nil, status.kind == .regular,
        (try? BlobStore.verify(path, in: folder, digest, size: status.size)) != nil
      else { continue }
      return Copy(digest: digest, size: status.size, place: place, folder: folder)
    }
    guard let bytes = (try? database?.document(digest)) ?? nil else { return nil }
    return Copy(digest: digest, size: Int64(bytes.count), place: .database, folder: nil)
  }

  private func folders(of digest: Digest) -> [(Place, OpenDirectory)] {
    let trash = TrashFolder(control: control)
    let names = (try? trash.names()) ?? []
    return [(.keep, control.keep)]
      + names.reversed().compactMap { name in
        ((try? trash.open(name)) ?? nil).map { (.trash, $0) }
      }
  }
}

extension GoodCopies {
  /// The folder, `blobs/` or another one that keeps, in which a good file of a digest lies by the
  /// blob's path; nil when there is none.
  func source(of digest: Digest, in layout: ImageLayout) -> OpenDirectory? {
    if let status = (try? layout.blobs.status(of: digest)) ?? nil,
      (try? layout.blobs.verify(digest, size: status.size)) != nil
    {
      return layout.blobs.directory
    }
    return find(digest)?.folder
  }
}
