/// An open OCI image layout: the folder that holds `oci-layout`, `index.json` and `blobs/`.
///
/// Opening one changes nothing and locks nothing; image-spec v1.1.1, image-layout.md.
public final class ImageLayout: Sendable {
  /// The path it was opened by, for messages.
  public let path: String
  /// The folder.
  public let root: OpenDirectory
  /// The blobs.
  public let blobs: BlobStore
  /// Owner and mode of what is created in it.
  public let policy: CreationPolicy

  /// The largest `index.json` that is read, in bytes.
  public static let maximumIndexSize = JSONLimits.index.maximumBytes

  /// How long a file that another tool is just writing is waited for, in milliseconds.
  static let patience: UInt32 = 1000
  /// How long such a file must have been left alone to count as torn for good, in milliseconds.
  static let tornAfter: UInt32 = 700
  private static let interval: UInt32 = 10

  /// Opens a layout.
  ///
  /// - Throws: ``LayoutError`` when there is nothing, or when the marker, `blobs` or `index.json`
  ///   are missing or of another kind; ``LayoutError/damaged(path:reason:)`` of one with a history.
  ///   The content of `index.json` is not looked at.
  public static func open(_ path: String) throws(LayoutError) -> ImageLayout {
    try ImageLayout(path)
  }

  private init(_ path: String) throws(LayoutError) {
    self.path = path
    root = try Self.openRoot(path)
    policy = try Self.makePolicy(root)
    let folder: OpenDirectory
    do throws(LayoutError) {
      try Self.checkMarker(in: root, path)
      folder = try Self.openBlobs(in: root, path)
      try Self.checkIndexExists(in: root, path)
    } catch {
      throw Self.diagnosed(error, root, path)
    }
    blobs = BlobStore(folder, policy: policy)
  }

  /// Opens the folder of a layout of which parts are missing or of another kind: blobs that are not
  /// there are missing one by one, and `index.json` is read, or not, when somebody asks.
  package init(openingDamaged path: String) throws(LayoutError) {
    self.path = path
    root = try Self.openRoot(path)
    policy = try Self.makePolicy(root)
    let folder = try? Self.openBlobs(in: root, path)
    blobs = BlobStore(folder ?? .absent(root.path(of: LayoutPaths.blobs)), policy: policy)
  }

  private static func openRoot(_ path: String) throws(LayoutError) -> OpenDirectory {
    do throws(SyscallError) { return try OpenDirectory.open(path) } catch {
      if error.isNotADirectory { throw .notALayout(path: path, reason: "it is not a folder") }
      throw error.isNotFound ? .notFound(path: path) : .system(error)
    }
  }

  private static func makePolicy(_ root: OpenDirectory) throws(LayoutError) -> CreationPolicy {
    do throws(SyscallError) { return CreationPolicy(following: try root.status()) } catch {
      throw .system(error)
    }
  }

  /// What is no layout without a history is a damaged one with it.
  private static func diagnosed(
    _ error: LayoutError, _ root: OpenDirectory, _ path: String
  ) -> LayoutError {
    switch error {
    case .notALayout(_, let reason), .tornFile(_, let reason), .invalidDocument(_, let reason):
      let format = try? root.status(of: LayoutPaths.historyFormat)
      return format ?? nil == nil ? error : .damaged(path: path, reason: reason)
    default: return error
    }
  }

  /// Whether `oci-layout` is there and says what it should.
  package static func hasMarker(in root: OpenDirectory, _ path: String) -> Bool {
    do throws(LayoutError) { try checkMarker(in: root, path) } catch { return false }
    return true
  }

  /// Whether this process may change the layout.
  public var isWritable: Bool {
    guard root.isWritable else { return false }
    do throws(SyscallError) { return try linkedPart() == nil } catch { return false }
  }

  /// Refuses to change a layout of which `index.json` or a folder of blobs is a symbolic link: it can
  /// be read, but what would change belongs to somebody else.
  ///
  /// - Throws: ``LayoutError/linkedPart(path:target:)`` and system errors.
  public func checkOwnership() throws(LayoutError) {
    let target: String
    let name: String
    do throws(SyscallError) {
      guard let linked = try linkedPart() else { return }
      (name, target) = (linked, try root.linkTarget(of: linked))
    } catch {
      throw .system(error)
    }
    throw .linkedPart(path: root.path(of: name), target: target)
  }

  private func linkedPart() throws(SyscallError) -> String? {
    for name in [LayoutPaths.blobs] + LayoutPaths.blobFolders + [LayoutPaths.index]
    where try root.status(of: name)?.kind == .symbolicLink {
      return name
    }
    return nil
  }

  /// Reads and parses `index.json`, waiting for another tool that is just writing it.
  ///
  /// - Throws: ``LayoutError/tornFile(path:reason:)`` when it stays incomplete although nobody
  ///   has touched it for a while; takes up to a second then.
  public func readIndex() throws(LayoutError) -> IndexFile {
    let path = root.path(of: LayoutPaths.index)
    var waited: UInt32 = 0
    var quiet: UInt32 = 0
    var last: FileStatus?
    while true {
      let (bytes, status) = try Self.readFile(
        LayoutPaths.index, in: root, limit: Self.maximumIndexSize)
      quiet = last.map { $0.isSameVersion(as: status) } == true ? quiet + Self.interval : 0
      last = status
      do throws(LayoutError) {
        return try IndexFile(parsing: bytes, path: path)
      } catch {
        guard case .tornFile = error else { throw error }
        if quiet >= Self.tornAfter || waited >= 2 * Self.patience { throw error }
      }
      Pause.milliseconds(Self.interval)
      waited += Self.interval
    }
  }

  private static func openBlobs(
    in root: OpenDirectory, _ path: String
  ) throws(LayoutError) -> OpenDirectory {
    let blobs: OpenDirectory
    var strange: (name: String, kind: FileStatus.Kind)?
    do throws(SyscallError) {
      blobs = try root.openDirectory(LayoutPaths.blobs, followingLinks: true)
      strange = try strangeFolders(in: root).first
    } catch {
      guard error.isNotFound || error.isLinkLoop else { throw .system(error) }
      throw .notALayout(path: path, reason: "it has no folder `blobs`")
    }
    guard let strange else { return blobs }
    let reason = "`\(strange.name)` is \(strange.kind.words), not a folder"
    throw .notALayout(path: path, reason: reason)
  }

  /// What is in the places of the folders below `blobs/`, and neither a folder nor a link.
  package static func strangeFolders(
    in root: OpenDirectory
  ) throws(SyscallError) -> [(name: String, kind: FileStatus.Kind)] {
    var strange: [(name: String, kind: FileStatus.Kind)] = []
    for name in LayoutPaths.blobFolders {
      guard let kind = try root.status(of: name)?.kind else { continue }
      if kind != .directory, kind != .symbolicLink { strange.append((name, kind)) }
    }
    return strange
  }

  private static func checkIndexExists(
    in root: OpenDirectory, _ path: String
  ) throws(LayoutError) {
    let status: FileStatus?
    do throws(SyscallError) {
      status = try root.status(of: LayoutPaths.index, followingLinks: true)
    } catch {
      guard error.isLinkLoop else { throw .system(error) }
      status = nil
    }
    guard status?.kind == .regular else {
      throw .notALayout(path: path, reason: "it has no file `index.json`")
    }
  }

  /// Checks `oci-layout`, which some tools truncate and rewrite with every change.
  private static func checkMarker(in root: OpenDirectory, _ path: String) throws(LayoutError) {
    var waited: UInt32 = 0
    while true {
      do throws(LayoutError) {
        let (bytes, _) = try readFile(LayoutPaths.marker, in: root, limit: 1 << 16)
        return try checkMarkerContent(bytes, path)
      } catch {
        switch error {
        case .system(let cause) where cause.isNotFound:
          throw .notALayout(path: path, reason: "it has no file `oci-layout`")
        case .tornFile where waited < patience:
          Pause.milliseconds(interval)
          waited += interval
        default:
          throw error
        }
      }
    }
  }

  private static func checkMarkerContent(
    _ bytes: [UInt8], _ path: String
  ) throws(LayoutError) {
    let name = path + "/" + LayoutPaths.marker
    let marker: JSONValue
    do throws(JSONError) {
      marker = try JSONDocument(parsing: bytes, limits: .blob, named: name).root
    } catch {
      throw .tornFile(path: name, reason: "\(error)")
    }
    guard let version = marker.objectValue?["imageLayoutVersion"]?.stringValue else {
      throw .notALayout(path: path, reason: "`oci-layout` names no imageLayoutVersion")
    }
    guard version == LayoutPaths.version else {
      throw .notALayout(path: path, reason: "its layout version is \(version), not 1.0.0")
    }
  }

  /// Reads a whole standard file, which must be a regular one or lead to one.
  private static func readFile(
    _ name: String, in root: OpenDirectory, limit: Int
  ) throws(LayoutError) -> ([UInt8], FileStatus) {
    let path = root.path(of: name)
    var reason = "it is not a regular file"
    do throws(SyscallError) {
      if let file = try root.openRegularFile(name) {
        let status = try file.status()
        if let bytes = try file.readToEnd(limit: limit) { return (bytes, status) }
        reason = "it is larger than \(limit >> 20) MiB"
      }
    } catch {
      guard error.isLinkLoop else { throw .system(error) }
    }
    throw .invalidDocument(path: path, reason: reason)
  }
}
