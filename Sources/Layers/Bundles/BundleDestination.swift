internal import Glibc
internal import Store

/// Where a bundle is to be, and the folders above it that had to be made.
struct BundleDestination {
  let path: String
  let place: RuntimeBundle.Place
  private let created: [(parent: OpenDirectory, name: String)]

  /// Looks at the path; makes missing folders above it, mode 0755.
  ///
  /// - Throws: ``BundleError/notAFolder(path:)``, ``SyscallError``.
  static func find(_ path: String) throws -> BundleDestination {
    if let folder = try open(path) {
      return BundleDestination(path: path, place: .inside(folder), created: [])
    }
    let (parent, name) = split(path)
    var created: [(parent: OpenDirectory, name: String)] = []
    let folder = try makeParents(parent, &created)
    // A symbolic link that leads nowhere.
    guard try folder.status(of: name) == nil else { throw BundleError.notAFolder(path: path) }
    let place = RuntimeBundle.Place.beside(parent: folder, name: name)
    return BundleDestination(path: path, place: place, created: created)
  }

  /// Removes the folders that were made above the bundle, as long as they are empty.
  func removeCreatedParents() {
    for (parent, name) in created.reversed() {
      _ = try? parent.removeEmptyDirectory(name, "bundle.remove-parent")
    }
  }

  private static func makeParents(
    _ path: String, _ created: inout [(parent: OpenDirectory, name: String)]
  ) throws -> OpenDirectory {
    if let folder = try open(path) { return folder }
    let (above, name) = split(path)
    let parent = try makeParents(above, &created)
    if try parent.createDirectory(name, policy: CreationPolicy(), "bundle.make-parent") {
      created.append((parent, name))
    }
    return try OpenDirectory.open(path)
  }

  /// The folder at the path; nil when there is none and one may be made.
  static func open(_ path: String) throws -> OpenDirectory? {
    do throws(SyscallError) {
      return try OpenDirectory.open(path)
    } catch {
      if error.code == ENOTDIR { throw BundleError.notAFolder(path: path) }
      // Nothing can be made by these names, so that looking upwards ends.
      let name = split(path).name
      guard error.code == ENOENT, name != ".", name != ".." else { throw error }
      return nil
    }
  }

  /// The path without its last component, and that.
  static func split(_ path: String) -> (parent: String, name: String) {
    var bytes = Array(path.utf8)
    while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else {
      return (".", bytes.isEmpty ? "." : String(decoding: bytes, as: UTF8.self))
    }
    let name = String(decoding: bytes[(slash + 1)...], as: UTF8.self)
    let parent = String(decoding: bytes[..<slash], as: UTF8.self)
    return (parent.isEmpty ? "/" : parent, name.isEmpty ? "." : name)
  }
}
