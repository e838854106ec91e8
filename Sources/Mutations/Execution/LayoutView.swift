internal import Store

/// A private copy of a layout in an operation's stage, for a tool that knows nothing of us.
///
/// The tool sees an ordinary layout: its own index.json, every blob. Blobs share their blocks with
/// the layout's where the file system can do that, and are copied where they are small: tools truncate
/// those in place. Others are hard links, which well-behaved tools replace by rename.
struct LayoutView {
  /// Up to this size, in bytes, a blob is copied.
  static let maximumCopiedSize: Int64 = 1 << 20
  private static let name = "view"

  private let folder: OpenDirectory
  private let policy: CreationPolicy
  /// index.json as the tool found it.
  let base: IndexFile
  /// The blobs that are one file with the layout's.
  private(set) var links: [LinkedBlob] = []
  /// The blobs that the tool found, by their paths.
  private var found: Set<String> = []
  private var canClone = true

  /// Puts a view together.
  init(of layout: ImageLayout, in stage: StagingArea) throws {
    policy = stage.policy
    folder = try stage.directory.openOrCreateDirectory(
      Self.name, policy: policy, "exec.create-view")
    let blobs = try folder.openOrCreateDirectory(
      LayoutPaths.blobs, policy: policy, "exec.create-blobs")
    base = try layout.readIndex()
    for algorithm in try layout.blobs.directory.entryNames()
    where try layout.blobs.directory.status(of: algorithm)?.kind == .directory {
      try addBlobs(
        from: layout.blobs.directory.openDirectory(algorithm), algorithm,
        to: blobs.openOrCreateDirectory(algorithm, policy: policy, "exec.create-blobs"))
    }
    try write(base.bytes, to: LayoutPaths.index)
    try write(LayoutPaths.markerContent, to: LayoutPaths.marker)
  }

  /// The path of the view, with every symbolic link resolved.
  func path() throws(SyscallError) -> String { try folder.resolvedPath() }

  private func write(_ bytes: [UInt8], to name: String) throws(SyscallError) {
    let file = try folder.createFile(name, policy: policy, "exec.create-file")
    try file.write(bytes, "exec.write-file")
  }

  private mutating func addBlobs(
    from source: OpenDirectory, _ algorithm: String, to target: OpenDirectory
  ) throws {
    for name in try source.entryNames() {
      guard let status = try source.status(of: name, followingLinks: true),
        status.kind == .regular
      else { continue }
      let path = algorithm + "/" + name
      if try status.size <= Self.maximumCopiedSize || !link(name, from: source, to: target, path) {
        try copy(name, from: source, to: target)
      }
      found.insert(path)
    }
  }

  /// Makes a large blob visible without copying it.
  ///
  /// - Returns: False when that is refused, as for another owner's file.
  private mutating func link(
    _ name: String, from source: OpenDirectory, to target: OpenDirectory, _ path: String
  ) throws(SyscallError) -> Bool {
    if canClone, try clone(name, from: source, to: target) { return true }
    do throws(SyscallError) {
      try source.link(name, to: target, as: name, followingLinks: true, "exec.link-blob")
    } catch {
      guard error.isLinkRefused else { throw error }
      return false
    }
    if let status = try target.status(of: name) {
      links.append(LinkedBlob(path: path, status: status))
    }
    return true
  }

  /// - Returns: False where the file system cannot do it.
  private mutating func clone(
    _ name: String, from source: OpenDirectory, to target: OpenDirectory
  ) throws(SyscallError) -> Bool {
    guard let input = try source.openRegularFile(name) else { return false }
    let output = try target.createFile(name, policy: policy, "exec.create-copy")
    do throws(SyscallError) {
      try output.clone(input, "exec.clone-blob")
      return true
    } catch {
      guard error.isUnsupported || error.isLinkRefused else { throw error }
      canClone = false
    }
    try target.remove(name, "exec.remove-copy")
    return false
  }

  private func copy(
    _ name: String, from source: OpenDirectory, to target: OpenDirectory
  ) throws(SyscallError) {
    guard let input = try source.openRegularFile(name) else { return }
    let output = try target.createFile(name, policy: policy, "exec.create-copy")
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = try input.read(into: buffer)
      guard count > 0 else { return }
      try output.write(
        UnsafeRawBufferPointer(rebasing: buffer[..<count]), "exec.write-copy")
    }
  }
}

extension LayoutView {
  /// index.json as the tool left it.
  ///
  /// - Throws: ``ExecutionError/unusableIndex(reason:)``.
  func result() throws(ExecutionError) -> IndexFile {
    let limit = ImageLayout.maximumIndexSize
    let bytes: [UInt8]?
    do throws(SyscallError) {
      bytes = try folder.readRegularFile(LayoutPaths.index, limit: limit)
    } catch {
      throw .unusableIndex(reason: error.isNotFound ? "it is gone" : error.explanation)
    }
    guard let bytes else {
      throw .unusableIndex(reason: "it is no regular file, or larger than \(limit >> 20) MiB")
    }
    do throws(LayoutError) { return try IndexFile(parsing: bytes, path: LayoutPaths.index) } catch {
      throw .unusableIndex(reason: error.causes.first ?? error.description)
    }
  }

  /// Takes what the tool has added, each blob verified.
  ///
  /// - Parameter check: Asked before each blob; throws to give up.
  /// - Throws: ``ExecutionError/stillWriting(_:)`` when something has one of them open for writing.
  func collect(into stage: StagingArea, _ check: () throws -> Void) throws {
    guard try folder.status(of: LayoutPaths.blobs)?.kind == .directory else { return }
    let blobs = try folder.openDirectory(LayoutPaths.blobs)
    for algorithm in try blobs.entryNames()
    where try blobs.status(of: algorithm)?.kind == .directory {
      let folder = try blobs.openDirectory(algorithm)
      for name in try folder.entryNames() {
        try check()
        try collect(algorithm + "/" + name, name, in: folder, into: stage)
      }
    }
  }

  private func collect(
    _ path: String, _ name: String, in folder: OpenDirectory, into stage: StagingArea
  ) throws {
    // A copy of what was there is either the same or of no interest.
    guard let status = try folder.status(of: name), status.kind == .regular, !found.contains(path)
    else { return }
    // Other names are the tool's own leftovers.
    guard let digest = try? Digest(parsing: path.replacingFirst("/", with: ":")) else { return }
    guard try folder.openFile(name).hasWriter() != true else {
      throw ExecutionError.stillWriting(path)
    }
    _ = try stage.adopt(name, from: folder, as: digest)
  }
}

extension String {
  fileprivate func replacingFirst(_ text: String, with replacement: String) -> String {
    guard let range = firstRange(of: text) else { return self }
    return replacingCharacters(in: range, with: replacement)
  }

  private func replacingCharacters(
    in range: Range<String.Index>, with replacement: String
  ) -> String {
    String(self[..<range.lowerBound]) + replacement + String(self[range.upperBound...])
  }
}
