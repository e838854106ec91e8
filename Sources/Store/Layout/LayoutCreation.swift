/// Creates image layouts, each complete at the moment when it becomes visible.
public enum LayoutCreation {
  /// Creates an empty layout at a path where nothing is yet.
  ///
  /// Missing parents are created. The layout is put together in a sibling folder
  /// `.NAME.umoci-tx-init-XXXX`, which its maker holds locked, and then renamed to its name. Such
  /// folders whose makers died are removed first. Files get 0644 and folders 0755, less the umask.
  ///
  /// When it returns, everything is on stable storage (full durability). When it throws, nothing is
  /// left behind, not even when only the last sync of the parent folder failed;
  /// ``LayoutError/notDurable(path:_:)`` alone says that the layout is there.
  ///
  /// - Parameters:
  ///   - path: Where the layout is to be.
  ///   - durability: Whether to sync.
  ///   - randomBytes: A source of random bytes, for the name of the sibling folder.
  ///   - finish: Adds to the layout before anybody can see it. Nothing in it may be held open by
  ///     path afterwards, and what it adds has to be synced by itself, except for names in the
  ///     layout's own folder.
  /// - Returns: The layout, opened at its path.
  /// - Throws: ``LayoutError/exists(path:)`` when there is anything at the path, also a dangling
  ///   symbolic link; system errors; what `finish` throws.
  public static func create(
    at path: String, durability: Durability = .full, randomBytes: (Int) -> [UInt8],
    finish: (ImageLayout) throws -> Void = { _ in }
  ) throws -> ImageLayout {
    let target = try NewLayoutPath(path)
    let parent = try NewLayoutParent(of: target, durability)
    do {
      guard try parent.directory.status(of: target.name) == nil else {
        throw LayoutError.exists(path: path)
      }
      let stage = try LayoutStage.make(for: target, in: parent.directory, randomBytes)
      do {
        let staged = try stage.fill(durability)
        try finish(staged)
        try durability.sync(staged.root, "init.sync-layout")
        try stage.reveal()
        do throws(SyscallError) {
          try durability.sync(parent.directory, "init.sync-parent")
        } catch {
          // Not durable is not done.
          do throws(SyscallError) { try stage.conceal() } catch _ {
            throw LayoutError.notDurable(path: path, error)
          }
          throw error
        }
      } catch {
        stage.discard()
        throw error
      }
    } catch {
      parent.withdraw()
      throw LayoutCreation.readable(error)
    }
    return try ImageLayout.open(path)
  }

  /// System errors come as errors of the layout.
  private static func readable(_ error: any Error) -> any Error {
    if let cause = error as? SyscallError { return LayoutError.system(cause) }
    return error
  }
}

/// Where a layout is to be: its parent's path and its name there.
struct NewLayoutPath {
  let path: String
  let parent: String
  let name: String

  /// - Throws: ``LayoutError/exists(path:)`` for paths that end in no name, such as `/` or `..`.
  init(_ path: String) throws(LayoutError) {
    var text = Substring(path)
    while text.utf8.count > 1, text.utf8.last == UInt8(ascii: "/") { text.removeLast() }
    let slash = text.utf8.lastIndex(of: UInt8(ascii: "/"))
    let name = slash.map { text[text.utf8.index(after: $0)...] } ?? text
    guard name != "", name != ".", name != ".." else { throw .exists(path: path) }
    self.path = path
    self.name = String(name)
    switch slash {
    case nil: parent = "."
    case text.startIndex: parent = "/"
    case .some(let slash): parent = String(text[..<slash])
    }
  }
}
