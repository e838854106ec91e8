internal import Store

/// Reads from disk what an mtree says of the files that a walk meets.
///
/// Of a regular file it keeps the descriptor until the next file, so that a file is opened once for
/// its attributes and its digests.
final class RootfsFacts {
  private let keywords: [MtreeKeyword]
  private let check: () throws -> Void
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
  private var opened: OpenFile?

  /// Prepares for what the keywords ask.
  ///
  /// - Parameter check: Asked for each piece of content; what it throws ends the work.
  init(keywords: [MtreeKeyword], check: @escaping () throws -> Void = {}) {
    self.keywords = keywords
    self.check = check
  }

  deinit { buffer.deallocate() }

  /// The facts of a folder.
  func facts(of folder: ScannedFolder) -> MtreeFacts {
    var facts = MtreeFacts(name: folder.name, status: folder.status)
    if keywords.contains(.xattr) { facts.attributes = folder.ownAttributes() }
    return facts
  }

  /// The facts of another file, but for its digests.
  func facts(of file: ScannedFile, in folder: ScannedFolder) throws -> MtreeFacts {
    opened = nil
    var facts = MtreeFacts(name: file.name, status: file.status)
    switch facts.kind {
    case .symbolicLink where keywords.contains(.link):
      facts.linkTarget = try folder.linkTarget(file)
    case .regular where keywords.contains(.xattr):
      let handle = try folder.openFile(file)
      facts.attributes = ExtendedAttribute.listedInMtree(of: handle.descriptor)
      opened = consume handle
    default: break
    }
    return facts
  }

  /// The digests of a regular file; call it after ``facts(of:in:)`` of the same file.
  ///
  /// - Throws: ``WalkError`` when it is not the file any more that the walk
  ///   met, or was written to meanwhile; ``SyscallError``.
  func digests(
    of file: ScannedFile, in folder: ScannedFolder, _ keywords: [MtreeKeyword]
  ) throws -> [MtreeKeyword: [UInt8]] {
    let handle = try opened.take() ?? folder.openFile(file)
    let digests = try MtreeDigester.digests(of: handle, keywords, buffer: buffer, check: check)
    let status = try handle.status()
    guard status.size == file.status.size,
      status.modificationTime == file.status.modificationTime
    else { throw folder.changed(file.name) }
    return digests
  }

  /// The facts with the SHA-256, read now unless it is known.
  func completed(
    _ facts: MtreeFacts, of file: ScannedFile, in folder: ScannedFolder
  ) throws -> MtreeFacts {
    var facts = facts
    if facts.kind == .regular, facts.digests.isEmpty {
      facts.digests = try digests(of: file, in: folder, [.sha256])
    }
    return facts
  }
}
