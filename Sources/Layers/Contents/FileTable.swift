package import Store

/// The paths of an image's root file system, put together from its layers without unpacking them.
///
/// It is decided as in an extraction what a layer adds, replaces and removes, but nothing is written.
/// Memory grows neither with the layers nor, beyond 12 MiB, with the number of paths: what exceeds that
/// lies in a temporary file (see ``ExtractedTree``).
///
/// A record's `text` is the target of a symbolic link, then, where there are attributes, the digest of
/// them in 32 bytes; a device has its numbers in place of a size.
package final class FileTable {
  typealias Node = ExtractedTree.Node

  let tree: ExtractedTree
  private let limits = ExtractionLimits()
  private var entryCount = 0
  private var path = EntryPath()

  /// A file system that holds its root alone.
  ///
  /// - Parameter spoolDirectory: A folder for a temporary file when there are very many paths.
  package init(spoolDirectory: String) throws(SyscallError) {
    tree = try ExtractedTree(spoolDirectory: spoolDirectory)
  }

  /// Puts a layer on top of each table; image-spec v1.1.1, layer.
  ///
  /// Streams the layer once and verifies it.
  ///
  /// - Parameters:
  ///   - hashesContent: Whether the table is to tell files of one size apart.
  ///   - check: Asked for each entry; what it throws ends the work.
  /// - Throws: ``FileTableError``, and ``BlobError`` for a damaged blob.
  package static func add(
    _ descriptor: Descriptor, _ blob: consuming BlobReader, to tables: [FileTable],
    hashesContent: Bool = true, check: () throws -> Void = {}
  ) throws {
    for table in tables { table.tree.beginLayer() }
    do {
      try LayerScan.run(
        descriptor, blob, ExtractionLimits(), hashesContent: hashesContent
      ) { entry, record in
        try Cancellation.around(check)
        do {
          for table in tables { try table.apply(entry, record) }
        } catch let error as EntryError {
          let reason = "entry \(printable(entry.path)): \(error)"
          throw FileTableError(layer: descriptor.digest, reason: reason, entry: error)
        }
      }
      for table in tables { table.tree.endLayer { table.remove($0) } }
    } catch let error as BlobError {
      throw error
    } catch let error as FileTableError {
      throw error
    } catch let error as Cancellation {
      throw error.cause
    } catch {
      throw FileTableError(layer: descriptor.digest, reason: "\(error)")
    }
  }

  /// What a check has thrown, on its way through errors that are told otherwise.
  private struct Cancellation: Error {
    let cause: any Error

    static func around(_ check: () throws -> Void) throws {
      do { try check() } catch { throw Cancellation(cause: error) }
    }
  }

  /// Where something that is named in the image goes: the path without the links on its way.
  ///
  /// What is no folder takes the place of whatever has its name; a folder goes into the one that a link
  /// of its name leads to, which is kept.
  package func place(of path: [UInt8], isFolder: Bool) -> [UInt8] {
    guard path != LayerPath.root else { return path }
    if isFolder, let place = try? tree.resolve(path[...]), tree[place.node].kind == .directory {
      let found = tree.path(of: place.node)
      return place.missing.reduce(found) { LayerPath.join($0, $1) }
    }
    guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else { return path }
    let folder = self.place(of: Array(path[..<slash]), isFolder: true)
    return LayerPath.join(folder, Array(path[(slash + 1)...]))
  }

  private func apply(_ entry: TarEntry, _ record: FileRecord) throws {
    entryCount += 1
    guard entryCount <= limits.entries else {
      throw EntryError.limit(.entries(limit: limits.entries))
    }
    try path.assign(entry.path, limits)
    if path.isRoot {
      guard entry.kind == .directory else { throw EntryError.rootTypeChange }
      return replace(.root, with: try complete(record, entry))
    }
    if let whiteout = try path.whiteout() {
      return try tree.note(whiteout, in: path.parent)
    }
    let parent = try makeParent()
    try Array(path.base).bytes { name throws in
      tree.touch(try place(name, in: parent, entry, record))
    }
  }

  private func place(
    _ name: UnsafeRawBufferPointer, in parent: Node, _ entry: TarEntry, _ record: FileRecord
  ) throws -> Node {
    let existing = tree.child(of: parent, named: name)
    if existing != .none {
      if entry.kind == .directory, tree[existing].kind == .directory {
        replace(existing, with: try complete(record, entry))
        return existing
      }
      remove(existing)
    }
    if entry.kind == .hardLink {
      return try tree.insertLink(name, in: parent, to: try target(of: entry))
    }
    return try tree.insert(name, in: parent, try complete(record, entry))
  }

  /// Describes a folder anew that stays.
  private func replace(_ node: Node, with record: FileRecord) {
    var record = record
    record.nameCount = tree[node].nameCount
    record.opaqueLayer = tree[node].opaqueLayer
    tree[node] = record
    tree.touch(node)
  }

  /// Adds to a record what lies outside of it.
  private func complete(_ record: FileRecord, _ entry: TarEntry) throws -> FileRecord {
    var record = record
    if entry.kind == .characterDevice || entry.kind == .blockDevice {
      record.size = Int64(entry.deviceMajor) << 32 | Int64(entry.deviceMinor)
    }
    var text = entry.linkTarget
    if !entry.attributes.isEmpty {
      record.flags.insert(.hasAttributes)
      text += ExtendedAttribute.digest(of: entry.attributes)
    }
    record.text = try text.bytes { bytes throws(SyscallError) in try tree.keep(bytes) }
    return record
  }
}

// MARK: - Names

extension FileTable {
  private func target(of link: TarEntry) throws -> Node {
    try tree.linkTarget(link.linkTarget, limits)
  }

  /// The folder that the entry's name leads to, made if it is missing.
  private func makeParent() throws -> Node {
    let place = try tree.resolve(path.parent, for: .placing)
    var node = place.node
    if tree[node].kind != .directory {
      let (name, parent) = (Array(tree.name(of: node)), tree.parent(of: node))
      remove(node)
      node = try makeFolder(name, in: parent)
    }
    for name in place.missing { node = try makeFolder(name, in: node) }
    return node
  }

  private func makeFolder(_ name: [UInt8], in parent: Node) throws -> Node {
    let record = FileRecord(kind: .directory, permissions: 0o755)
    let node = try name.bytes { try tree.insert($0, in: parent, record) }
    tree.touch(node)
    return node
  }

  /// Removes a name and everything below it.
  private func remove(_ node: Node) {
    var current = node
    while true {
      let child = tree.firstChild(of: current)
      if child != .none {
        current = child
        continue
      }
      let parent = tree.parent(of: current)
      tree.remove(current)
      if current == node { return }
      current = parent
    }
  }
}

/// A layer whose paths cannot be listed.
package struct FileTableError: DiagnosableError {
  /// The layer.
  package let layer: Digest
  /// What is wrong with it.
  package let reason: String
  /// Why an entry was refused, if that is what is wrong.
  let entry: EntryError?

  init(layer: Digest, reason: String, entry: EntryError? = nil) {
    self.layer = layer
    self.reason = reason
    self.entry = entry
  }

  /// What failed.
  package var description: String { "the files of layer \(layer) cannot be listed" }
  /// It is the content that is wrong.
  package var category: FailureCategory { .invalidContent }
  /// What is wrong.
  package var causes: [String] { [reason] }
  /// What to do.
  package var remedy: Remedy? {
    "compare without \(.files), or copy the image into the layout again"
  }
}
