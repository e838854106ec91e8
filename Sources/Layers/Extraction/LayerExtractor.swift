internal import CLinux
internal import Glibc
internal import Store

/// Turns the entries of layers, one layer after the other, into files below a root
/// (umoci-behaviour §4.3; image-spec v1.1.1, layer).
///
/// One thread at a time. What it leaves on disk is complete only after ``settle()``.
final class LayerExtractor {
  typealias Node = ExtractedTree.Node

  let writer: RootfsWriter
  let options: ExtractionOptions
  private var entryCount = 0
  private var layerContentBytes: Int64 = 0
  private var path = EntryPath()
  private var footprint = TreeFootprint()
  // The directory that the last entry's name led to, since most entries lie where the last one did.
  private var lastParent: (path: [UInt8], node: Node)?

  var tree: ExtractedTree { writer.tree }

  init(_ writer: RootfsWriter, _ options: ExtractionOptions) {
    self.writer = writer
    self.options = options
  }

  /// Gives the root the owner that the image's root user has here, and no age.
  func prepareRoot() throws {
    let status = try writer.root.status()
    tree[.root].permissions = UInt16(truncatingIfNeeded: status.permissions)
    tree[.root].userID = status.userID
    tree[.root].groupID = status.groupID
    if writer.inheritsAttributes { tree[.root].flags.insert(.hasAttributes) }
    var owner = EntryMetadata.Owner(
      userID: writer.process.userID, groupID: writer.process.groupID)
    if let root = try EntryMetadata.Owner(userID: 0, groupID: 0, options.mapping) { owner = root }
    let epoch = FileTime(seconds: 0, nanoseconds: 0)
    tree[.root].modificationTime = epoch
    tree[.root].directoryAccessTime = epoch
    writer.markPending(.root)
    try writer.setOwner(
      .open(writer.root.descriptor), owner,
      isSet: status.userID == owner.userID && status.groupID == owner.groupID, &tree[.root])
  }

  /// Begins the next layer: nothing is touched by it yet.
  func beginLayer() {
    tree.beginLayer()
    lastParent = nil
    layerContentBytes = 0
  }

  /// Ends the layer: what its whiteouts hide goes.
  func endLayer() throws(SyscallError) {
    try tree.endLayer { node throws(SyscallError) in try remove(node) }
  }

  /// Extracts the current entry of a reader.
  ///
  /// - Throws: ``EntryError``, ``SyscallError``, ``ArchiveError``, or what the input throws.
  func extract(_ reader: TarReader) throws {
    entryCount += 1
    guard entryCount <= options.limits.entries else {
      throw EntryError.limit(.entries(limit: options.limits.entries))
    }
    let entry = reader.entry
    try path.assign(entry.path, options.limits)
    if path.isRoot {
      try extractRoot(entry)
      return
    }
    if let whiteout = try path.whiteout() {
      return try tree.note(whiteout, in: path.parent)
    }
    let metadata = try EntryMetadata(entry, options)
    warn(about: entry)
    let parent = try makeParent()
    try path.base.withUnsafeBytes { try place($0, in: parent, reader, metadata) }
  }

  private func extractRoot(_ entry: TarEntry) throws {
    guard entry.kind == .directory else { throw EntryError.rootTypeChange }
    let metadata = try EntryMetadata(entry, options)
    warn(about: entry)
    try writer.finishExisting(.open(writer.root.descriptor), metadata, &tree[.root])
    tree.touch(.root)
  }

  private func warn(about entry: TarEntry) {
    if entry.hasUnreadableAccessList { writer.warn(.unreadableAccessList(entry: entry.path)) }
    if entry.attributes.contains(where: { $0.name == RootlessOwner.attributeName }) {
      writer.warn(.foreignRootlessOwner(entry: entry.path))
    }
  }

  // MARK: parents

  /// The directory that the entry's name leads to, made if it is missing.
  private func makeParent() throws -> Node {
    if let lastParent, path.parent.isSame(as: lastParent.path) { return lastParent.node }
    let place = try tree.resolve(path.parent, for: .placing)
    var node = place.node
    if tree[node].kind != .directory {
      let name = Array(tree.name(of: node))
      let parent = tree.parent(of: node)
      try remove(node)
      node = try makeImplicitDirectory(name, in: parent)
    }
    for name in place.missing { node = try makeImplicitDirectory(name, in: node) }
    lastParent = (Array(path.parent), node)
    return node
  }

  /// Makes a directory that no entry describes: 0755, the image's root as owner, no age.
  ///
  /// Upstream leaves owner and time to chance (umoci-behaviour §4.6).
  private func makeImplicitDirectory(_ name: [UInt8], in parent: Node) throws -> Node {
    let epoch = FileTime(seconds: 0, nanoseconds: 0)
    let metadata = EntryMetadata(
      owner: try EntryMetadata.Owner(userID: 0, groupID: 0, options.mapping), permissions: 0o755,
      modificationTime: epoch, accessTime: epoch, attributes: [])
    return try name.bytes { name throws in
      let node = try makeDirectory(name, in: parent, metadata)
      tree.touch(node)
      return node
    }
  }

  /// Removes what is at a name and forgets what was known of the way to it.
  private func remove(_ node: Node) throws(SyscallError) {
    lastParent = nil
    try writer.remove(node)
  }
}

extension LayerExtractor {
  // MARK: one entry

  private func place(
    _ name: UnsafeRawBufferPointer, in parent: Node, _ reader: TarReader,
    _ metadata: EntryMetadata
  ) throws {
    writer.markPending(parent)
    let existing = tree.child(of: parent, named: name)
    if existing != .none {
      if reader.entry.kind == .directory, try keep(existing, name, in: parent, metadata) {
        tree.touch(existing)
        return
      }
      try remove(existing)
    }
    let node = try make(name, in: parent, reader, metadata)
    tree.touch(node)
    footprint.visit(node, in: tree)
  }

  /// Keeps a directory, or with the option a symbolic link to one, under an entry for a directory.
  private func keep(
    _ existing: Node, _ name: UnsafeRawBufferPointer, in parent: Node, _ metadata: EntryMetadata
  ) throws -> Bool {
    switch tree[existing].kind {
    case .directory: break
    case .symbolicLink where options.keepsDirectoryLinks:
      guard let place = try? tree.resolve(path.bytes[...]), place.missing.isEmpty,
        tree[place.node].kind == .directory
      else { return false }
    default: return false
    }
    try writer.finishExisting(.named(parent, name), metadata, &tree[existing])
    return true
  }

  private func make(
    _ name: UnsafeRawBufferPointer, in parent: Node, _ reader: TarReader,
    _ metadata: EntryMetadata
  ) throws -> Node {
    switch reader.entry.kind {
    case .regular: return try makeFile(name, in: parent, metadata, reader)
    case .directory: return try makeDirectory(name, in: parent, metadata)
    case .symbolicLink:
      return try makeSymbolicLink(name, in: parent, metadata, reader.entry.linkTarget)
    case .hardLink: return try makeHardLink(name, in: parent, reader.entry.linkTarget)
    case .characterDevice, .blockDevice:
      if options.mapping.isRootless || writer.process.isInUserNamespace {
        writer.warn(.deviceReplaced(entry: reader.entry.path))
        return try makeFile(name, in: parent, metadata, nil)
      }
      return try makeSpecialFile(name, in: parent, metadata, reader.entry)
    case .fifo: return try makeSpecialFile(name, in: parent, metadata, reader.entry)
    }
  }

  private func makeFile(
    _ name: UnsafeRawBufferPointer, in parent: Node, _ metadata: EntryMetadata,
    _ reader: TarReader?
  ) throws -> Node {
    if let reader { try reserve(reader.entry.size) }
    let mode = UInt32(metadata.permissions) & 0o777
    var record = FileRecord(kind: .regular, permissions: metadata.permissions)
    var content = FileContentWriter(try writer.makeFile(name, in: parent, mode: mode))
    try reader?.forEachPiece { try content.write($0, at: $1) }
    let file = try content.finish(reader?.entry.size ?? 0, &record)
    try writer.finishNew(.open(file.descriptor), in: parent, metadata, &record)
    try file.close()
    return try tree.insert(name, in: parent, record)
  }

  /// Counts what a file will have, so that holes cannot be larger than a layer may be either.
  private func reserve(_ size: Int64) throws {
    let (sum, overflow) = layerContentBytes.addingReportingOverflow(size)
    guard !overflow, sum <= options.limits.layerBytes else {
      throw EntryError.limit(.layerBytes(limit: options.limits.layerBytes))
    }
    layerContentBytes = sum
  }

  private func makeDirectory(
    _ name: UnsafeRawBufferPointer, in parent: Node, _ metadata: EntryMetadata
  ) throws -> Node {
    let extra: UInt16 = writer.process.isPrivileged ? 0 : 0o700
    let mode = UInt32(metadata.permissions | extra) & 0o777
    var record = FileRecord(kind: .directory, permissions: metadata.permissions)
    try writer.makeDirectory(name, in: parent, mode: mode)
    try writer.finishNew(.named(parent, name), in: parent, metadata, &record)
    writer.markPending(parent)
    return try tree.insert(name, in: parent, record)
  }

  private func makeSymbolicLink(
    _ name: UnsafeRawBufferPointer, in parent: Node, _ metadata: EntryMetadata, _ target: [UInt8]
  ) throws -> Node {
    var record = FileRecord(kind: .symbolicLink, permissions: 0o777)
    record.size = Int64(target.count)
    try writer.makeSymbolicLink(name, in: parent, to: target)
    record.text = try target.bytes { bytes throws(SyscallError) in try tree.keep(bytes) }
    try writer.finishNew(.named(parent, name), in: parent, metadata, &record)
    return try tree.insert(name, in: parent, record)
  }

  private func makeSpecialFile(
    _ name: UnsafeRawBufferPointer, in parent: Node, _ metadata: EntryMetadata, _ entry: TarEntry
  ) throws -> Node {
    let type: (FileStatus.Kind, UInt32) =
      switch entry.kind {
      case .characterDevice: (.characterDevice, UInt32(S_IFCHR))
      case .blockDevice: (.blockDevice, UInt32(S_IFBLK))
      default: (.fifo, UInt32(S_IFIFO))
      }
    var record = FileRecord(kind: type.0, permissions: metadata.permissions)
    let device =
      type.0 == .fifo ? 0 : clinux_makedev(entry.deviceMajor, entry.deviceMinor)
    let mode = type.1 | UInt32(metadata.permissions) & 0o777
    try writer.makeSpecialFile(name, in: parent, mode: mode, device: device)
    try writer.finishNew(.named(parent, name), in: parent, metadata, &record)
    return try tree.insert(name, in: parent, record)
  }

  private func makeHardLink(
    _ name: UnsafeRawBufferPointer, in parent: Node, _ target: [UInt8]
  ) throws -> Node {
    let node = try tree.linkTarget(target, options.limits)
    try writer.makeHardLink(name, in: parent, to: node)
    return try tree.insertLink(name, in: parent, to: node)
  }
}
