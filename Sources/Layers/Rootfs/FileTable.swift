package import Store

/// The paths of an image's root file system, put together from its layers without unpacking them.
///
/// Memory grows with the number of paths, not with the size of the layers.
package struct FileTable: Sendable {
  /// The files by their paths, which have no leading slash; the root has the empty path.
  package private(set) var files: [[UInt8]: LayerFile] = [:]
  private var hasLinkedFolders = false

  /// An empty file system.
  package init() {}

  /// Puts a layer on top; image-spec v1.1.1, layer §whiteouts.
  ///
  /// Streams the layer once and verifies it. Names go through symbolic links to folders as they
  /// would when the layer is unpacked.
  ///
  /// - Throws: ``FileTableError``, and ``BlobError`` for a damaged blob.
  package mutating func add(_ descriptor: Descriptor, from blobs: BlobStore) throws {
    do {
      try unwrappedAdd(descriptor, blobs)
    } catch let error as BlobError {
      throw error
    } catch {
      throw FileTableError(layer: descriptor.digest, reason: "\(error)")
    }
  }

  private mutating func unwrappedAdd(_ descriptor: Descriptor, _ blobs: BlobStore) throws {
    let limits = ExtractionLimits()
    var entries: [(path: EntryPath, file: LayerFile)] = []
    var hidden: Set<[UInt8]> = []
    var emptied: Set<[UInt8]> = []
    var path = EntryPath()
    try LayerScan.run(descriptor, in: blobs, limits) { name, file in
      try path.assign(name, limits)
      guard path.base.starts(with: Self.whiteout) else {
        guard files.count + entries.count < limits.entries else {
          throw EntryError.limit(.entries(limit: limits.entries))
        }
        return entries.append((path, file))
      }
      let parent = resolved(path.parent)
      let name = path.base.dropFirst(Self.whiteout.count)
      if name.elementsEqual(Self.opaque) {
        emptied.insert(parent)
      } else if !name.starts(with: Self.whiteout) {
        hidden.insert(Self.join(parent, name))
      }
    }
    remove(hidden, emptied)
    apply(entries)
  }

  private mutating func remove(_ hidden: Set<[UInt8]>, _ emptied: Set<[UInt8]>) {
    if hidden.isEmpty && emptied.isEmpty { return }
    files = files.filter { path, _ in
      !hidden.contains(path)
        && !Self.ancestors(of: path).contains { hidden.contains($0) || emptied.contains($0) }
    }
  }

  private mutating func apply(_ entries: [(path: EntryPath, file: LayerFile)]) {
    var replaced: Set<[UInt8]> = []
    for (path, file) in entries {
      let place = path.isRoot ? [] : Self.join(resolved(path.parent), path.base)
      var file = file
      if file.kind == .hardLink, let target = target(of: file) { file = target }
      if file.kind == .symbolicLink { hasLinkedFolders = true }
      if file.kind != .directory, files[place]?.kind == .directory { replaced.insert(place) }
      files[place] = file
    }
    // Whatever stood in a folder that is none any more is gone with it.
    if replaced.isEmpty { return }
    files = files.filter { path, _ in !Self.ancestors(of: path).contains { replaced.contains($0) } }
  }

  private func target(of link: LayerFile) -> LayerFile? {
    var path = EntryPath()
    guard (try? path.assign(link.linkTarget, ExtractionLimits())) != nil, !path.isRoot else {
      return nil
    }
    return files[Self.join(resolved(path.parent), path.base)]
  }

  /// The folder that a path leads to through symbolic links, never out of the root.
  private func resolved(_ path: ArraySlice<UInt8>) -> [UInt8] {
    if !hasLinkedFolders { return Array(path) }
    var pending = Array(path.split(separator: Self.slash).reversed())
    var result: [UInt8] = []
    var steps = 0
    while let component = pending.popLast() {
      if component.elementsEqual([Self.dot]) { continue }
      if component.elementsEqual([Self.dot, Self.dot]) {
        result = Self.parent(of: result)
        continue
      }
      let next = Self.join(result, component)
      guard let file = files[next], file.kind == .symbolicLink, steps < 40 else {
        result = next
        continue
      }
      steps += 1
      if file.linkTarget.first == Self.slash { result = [] }
      pending += file.linkTarget.split(separator: Self.slash).reversed()
    }
    return result
  }

  private static let slash = UInt8(ascii: "/")
  private static let dot = UInt8(ascii: ".")
  private static let whiteout = Array(".wh.".utf8)
  private static let opaque = Array(".wh..opq".utf8)

  private static func join(_ parent: [UInt8], _ name: some Sequence<UInt8>) -> [UInt8] {
    parent.isEmpty ? Array(name) : parent + [slash] + name
  }

  private static func parent(of path: [UInt8]) -> [UInt8] {
    Array(path[..<(path.lastIndex(of: slash) ?? 0)])
  }

  /// The folders above a path, the root included.
  private static func ancestors(of path: [UInt8]) -> [[UInt8]] {
    if path.isEmpty { return [] }
    var result: [[UInt8]] = [[]]
    for (index, byte) in path.enumerated() where byte == slash {
      result.append(Array(path[..<index]))
    }
    return result
  }
}

/// A layer whose paths cannot be listed.
package struct FileTableError: DiagnosableError {
  /// The layer.
  package let layer: Digest
  /// What is wrong with it.
  package let reason: String

  /// What failed.
  package var description: String { "the files of layer \(layer) cannot be listed" }
  /// It is the content that is wrong.
  package var category: FailureCategory { .invalidContent }
  /// What is wrong.
  package var causes: [String] { [reason] }
  /// What to do.
  package var hint: String? { "compare without `--files`, or copy the image into the layout again" }
}

/// One path that two file systems do not have in common, or not alike.
package struct FileChange: Sendable {
  /// The path, without a leading slash.
  package let path: [UInt8]
  /// What was there.
  package let before: LayerFile?
  /// What is there.
  package let after: LayerFile?
}

extension FileTable {
  /// The paths that differ, sorted by their bytes.
  package func changes(to other: FileTable) -> [FileChange] {
    var changes: [FileChange] = []
    for (path, file) in files where other.files[path] != file {
      changes.append(FileChange(path: path, before: file, after: other.files[path]))
    }
    for (path, file) in other.files where files[path] == nil {
      changes.append(FileChange(path: path, before: nil, after: file))
    }
    return changes.sorted { $0.path.lexicographicallyPrecedes($1.path) }
  }
}
