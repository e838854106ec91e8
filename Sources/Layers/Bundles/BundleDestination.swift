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
    let split = SplitPath(path)
    var created: [(parent: OpenDirectory, name: String)] = []
    let folder = try makeParents(split.parent, &created)
    // A symbolic link that leads nowhere.
    guard try folder.status(of: split.name) == nil else {
      throw BundleError.notAFolder(path: path)
    }
    let place = RuntimeBundle.Place.beside(parent: folder, name: split.name)
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
    let split = SplitPath(path)
    let parent = try makeParents(split.parent, &created)
    if try parent.createDirectory(split.name, policy: CreationPolicy(), "bundle.make-parent") {
      created.append((parent, split.name))
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
      let name = SplitPath(path).name
      guard error.code == ENOENT, name != ".", name != ".." else { throw error }
      return nil
    }
  }
}
