/// The folder that a new layout comes into, and the parents that had to be made for it.
struct NewLayoutParent {
  let directory: OpenDirectory
  private let made: [(parent: OpenDirectory, name: String)]

  /// Opens the folder, making it and its parents where they are missing.
  ///
  /// - Throws: ``LayoutError/system(_:)``; what was made is removed again then.
  init(of target: NewLayoutPath, _ durability: Durability) throws(LayoutError) {
    var made: [(parent: OpenDirectory, name: String)] = []
    do throws(SyscallError) {
      directory = try Self.open(target.parent, durability, &made)
    } catch {
      Self.remove(made)
      throw .system(error)
    }
    self.made = made
  }

  /// Removes the parents that were made, as far as they are still empty.
  ///
  /// Best effort.
  func withdraw() { Self.remove(made) }

  private static func open(
    _ path: String, _ durability: Durability,
    _ made: inout [(parent: OpenDirectory, name: String)]
  ) throws(SyscallError) -> OpenDirectory {
    var missing: [String] = []
    var rest = path
    var directory: OpenDirectory?
    while directory == nil {
      do throws(SyscallError) {
        directory = try OpenDirectory.open(rest)
      } catch {
        guard error.isNotFound, !error.isNotADirectory, let parts = split(rest) else { throw error }
        missing.append(parts.name)
        rest = parts.parent
      }
    }
    var result = directory
    for name in missing.reversed() {
      guard let parent = result else { break }
      if try parent.createDirectory(name, policy: CreationPolicy(), "init.create-parent") {
        made.append((parent, name))
        try durability.sync(parent, "init.sync-parents")
      }
      result = try parent.openDirectory(name)
    }
    guard let result else { throw SyscallError(call: "open", path: path, code: 2) }
    return result
  }

  /// The parent's path and the last name of a path; nil when it has but one part.
  private static func split(_ path: String) -> (parent: String, name: String)? {
    guard path != ".", path != "/" else { return nil }
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
    let name = String(path[path.utf8.index(after: slash)...])
    let parent = String(path[..<slash])
    return (parent.isEmpty ? "/" : parent, name.isEmpty ? "." : name)
  }

  private static func remove(_ made: [(parent: OpenDirectory, name: String)]) {
    for (parent, name) in made.reversed() {
      _ = try? parent.removeEmptyDirectory(name, "init.remove-parent")
    }
  }
}
