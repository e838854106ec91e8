package import Store

extension LayerGenerator {
  /// Adds what lies at a path of this host, a folder with all that is below it, in the order of the
  /// bytes of the names (umoci-behaviour §3.2).
  ///
  /// No symbolic link is followed, but for those on the way to `source`.
  ///
  /// - Parameters:
  ///   - source: A path of this host.
  ///   - path: Its name in the image; see ``LayerPath/clean(_:)``.
  ///   - isRootless: Whether to read what keeps its own owner out.
  /// - Throws: ``LayerGenerationError``, ``SyscallError``.
  package func addTree(
    from source: SourcePlace, at path: [UInt8], isRootless: Bool
  ) throws {
    do {
      guard try source.status().kind == .directory else {
        let parent = try ScannedFolder.pin(source.parent, isRootless: isRootless)
        return try add(try parent.file(source.name), in: parent, at: place(path, false))
      }
      try addFolder(source.path, at: path, isRootless)
    } catch let error as WalkError {
      throw LayerGenerationError.changedWhileRead(path: error.path, .replaced)
    }
  }

  private func addFolder(_ source: String, at path: [UInt8], _ isRootless: Bool) throws {
    // The names in the image of the folders that lead to the current one.
    var paths: [[UInt8]] = []
    try RootfsScanner(path: source, isRootless: isRootless, order: .names).scan { step in
      switch step {
      case .enter(let folder, _):
        let name = try paths.last.map { try LayerPath.child(folder.name, of: $0) } ?? path
        paths.append(place(name, true))
        try add(folder, at: paths.last ?? path)
      case .item(let file, let folder):
        try add(file, in: folder, at: try LayerPath.child(file.name, of: paths.last ?? path))
      case .leave: paths.removeLast()
      }
    }
  }
}

extension SourcePlace {
  /// About how long the archive of what lies there will be, in bytes, without its attributes.
  ///
  /// What cannot be read counts nothing: making the layer will say what is wrong.
  package func archiveSize(isRootless: Bool) -> ByteCount {
    guard let status = try? status() else { return 0 }
    guard status.kind == .directory else { return Self.archiveSize(status) }
    var size: ByteCount = 0
    try? RootfsScanner(path: path, isRootless: isRootless).scan { step in
      switch step {
      case .enter: size += 512
      case .item(let file, _): size = size + Self.archiveSize(file.status)
      case .leave: break
      }
    }
    return size
  }

  /// How much of an archive a file takes, in bytes.
  private static func archiveSize(_ status: FileStatus) -> ByteCount {
    guard status.kind == .regular else { return 512 }
    return ByteCount(min(status.size / 512, status.blocks) * 512) + 1024
  }
}
