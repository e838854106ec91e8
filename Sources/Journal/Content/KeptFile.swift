package import Store

/// A file that the history keeps beside `blobs/`: in `keep/`, or what gc moved to `trash/`.
package struct KeptFile: Sendable {
  /// Where such files lie.
  package enum Area: Sendable, Equatable {
    /// Second names of blobs.
    case keep
    /// What a garbage collection has moved to the trash.
    case trash(operation: String)
  }

  /// Where it lies.
  package let area: Area
  /// What its name promises.
  package let digest: Digest
  /// Its size in bytes.
  package let size: Int64
  /// Whether it is the very file that the layout has as a blob of that name.
  package let isBlobItself: Bool
  let folder: OpenDirectory

  /// Its path in the layout.
  package var path: String {
    let name = BlobStore.relativePath(of: digest)
    switch area {
    case .keep: return ".ocitx/keep/" + name
    case .trash(let operation): return ".ocitx/trash/\(operation)/" + name
    }
  }

  /// Reads it to its end and checks its content.
  ///
  /// - Returns: A finding, if the content is wrong.
  package func verify(onBytes: (Int) -> Void) -> LayoutFinding? {
    do throws(BlobError) {
      try BlobStore.verify(
        BlobStore.relativePath(of: digest), in: folder, digest, size: size, onBytes: onBytes)
      return nil
    } catch {
      // What goes while we look was withdrawn or deleted by a gc; what the history misses is told elsewhere.
      if case .system(let failure) = error, failure.isNotFound { return nil }
      return finding(error.inOneLine)
    }
  }

  /// The finding that its content is wrong.
  package func finding(_ message: String) -> LayoutFinding {
    LayoutFinding(area == .keep ? .keptDigest : .trashDigest, path, message)
  }

  /// All such files of a layout, sorted by their paths, and what does not belong there.
  package static func all(in layout: ImageLayout) -> (files: [KeptFile], unknown: [String]) {
    guard let control = try? ControlFolder.find(in: layout) else { return ([], []) }
    var listing = Listing(layout: layout)
    listing.add(.keep, control.keep)
    let trash = TrashFolder(control: control)
    for name in (try? trash.names()) ?? [] {
      guard let folder = (try? trash.open(name)) ?? nil else {
        listing.unknown.append(".ocitx/trash/" + name)
        continue
      }
      listing.add(.trash(operation: name), folder)
    }
    return (listing.files, listing.unknown)
  }

  private struct Listing {
    let layout: ImageLayout
    var files: [KeptFile] = []
    var unknown: [String] = []

    mutating func add(_ area: Area, _ root: OpenDirectory) {
      for algorithm in (try? root.entryNames()) ?? [] {
        guard let folder = try? root.openDirectory(algorithm), let names = try? folder.entryNames()
        else {
          unknown.append(root.path(of: algorithm))
          continue
        }
        for name in names { add(area, root, folder, algorithm, name) }
      }
    }

    private mutating func add(
      _ area: Area, _ root: OpenDirectory, _ folder: OpenDirectory, _ algorithm: String,
      _ name: String
    ) {
      guard let digest = try? Digest(parsing: "\(algorithm):\(name)"),
        let status = (try? folder.status(of: name)) ?? nil, status.kind == .regular
      else { return unknown.append(folder.path(of: name)) }
      let blob = (try? layout.blobs.status(of: digest)) ?? nil
      files.append(
        KeptFile(
          area: area, digest: digest, size: status.size,
          isBlobItself: blob?.inode == status.inode && blob?.device == status.device,
          folder: root))
    }
  }
}
