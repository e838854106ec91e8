internal import Store

/// Compares with a stat cache: what has the status that it had is what it was, and in a folder that
/// is what it was are the names that were there.
struct CacheBaseline: SurveyBaseline {
  private let cache: StatCacheReader
  private let reader: RootfsFacts
  private var levels: [Level] = []
  private var removed: [RootfsChange] = []

  /// A folder that the walk is in.
  private struct Level {
    /// What the cache says of it; nil when it knows of no such folder.
    let block: StatCacheBlock?
    let path: [UInt8]
    /// Whether the names in it are those that the cache has.
    let isProven: Bool
    var nextFile = 0
    var nextFolder = 0
  }

  init(_ cache: StatCacheReader, check: @escaping () throws -> Void) {
    self.cache = cache
    reader = RootfsFacts(keywords: MtreeKeyword.bundle, check: check)
  }

  mutating func enter(_ folder: ScannedFolder, path: [UInt8]) throws -> SurveyVerdict {
    let wasFile = levels.last?.block?.files.contains { $0.name == folder.name } ?? false
    let block = try block(of: folder)
    let isProven = block?.folder.isProven(by: folder.status, on: cache.device) ?? false
    levels.append(Level(block: block, path: path, isProven: isProven))
    guard let block else {
      let reader = reader
      return SurveyVerdict(change: wasFile ? .modified : .added) { reader.facts(of: folder) }
    }
    if isProven {
      return SurveyVerdict(change: nil) { block.facts(block.folder, folder.status) }
    }
    let facts = reader.facts(of: folder)
    let isSame = block.isSame(block.folder, folder.status, facts)
    return SurveyVerdict(change: isSame ? nil : .modified) { facts }
  }

  mutating func list(_ folder: ScannedFolder) throws -> FolderNames {
    guard let level = levels.last, let block = level.block else { return try folder.names() }
    if level.isProven {
      return FolderNames(files: block.files.map(\.name), folders: block.folders)
    }
    let names = try folder.names()
    for file in block.files
    where !names.files.has(file.name) && !names.folders.has(file.name) {
      removed.append(
        RootfsChange(
          path: join(level.path, file.name), kind: .removed,
          size: file.kind == .regular ? file.size : 0))
    }
    for name in block.folders where !names.folders.has(name) && !names.files.has(name) {
      removed.append(RootfsChange(path: join(level.path, name), kind: .removed))
    }
    return names
  }

  mutating func item(_ file: ScannedFile, in folder: ScannedFolder) throws -> SurveyVerdict {
    let reader = reader
    let block = levels.last?.block
    guard let block, let cached = cachedFile(file.name, block) else {
      let wasFolder = block?.folders.has(file.name) ?? false
      return SurveyVerdict(change: wasFolder ? .modified : .added) {
        try reader.completed(try reader.facts(of: file, in: folder), of: file, in: folder)
      }
    }
    if cached.isProven(by: file.status, on: cache.device) {
      return SurveyVerdict(change: nil) { block.facts(cached, file.status) }
    }
    var facts = try reader.facts(of: file, in: folder)
    var isSame = block.isSame(cached, file.status, facts)
    if isSame, cached.kind == .regular {
      facts.digests = try reader.digests(of: file, in: folder, [.sha256])
      isSame = facts.digests[.sha256] == block.digest(cached)
    }
    let found = facts
    return SurveyVerdict(change: isSame ? nil : .modified) {
      try reader.completed(found, of: file, in: folder)
    }
  }

  mutating func leave() throws {
    guard let level = levels.popLast(), let block = level.block else { return }
    for _ in level.nextFolder..<block.folders.count { try cache.skip() }
  }

  func finish() -> [RootfsChange] { removed }

  /// What the cache says of a folder; the walk and the cache have the same order.
  private mutating func block(of folder: ScannedFolder) throws -> StatCacheBlock? {
    guard let last = levels.indices.last else { return try cache.next() }
    guard let folders = levels[last].block?.folders else { return nil }
    while levels[last].nextFolder < folders.count {
      let name = folders[levels[last].nextFolder]
      if folder.name.lexicographicallyPrecedes(name) { return nil }
      levels[last].nextFolder += 1
      if name == folder.name { return try cache.next() }
      try cache.skip()
    }
    return nil
  }

  /// What the cache says of a file of the current folder; files come sorted.
  private mutating func cachedFile(_ name: [UInt8], _ block: StatCacheBlock) -> CachedFile? {
    let last = levels.count - 1
    while levels[last].nextFile < block.files.count {
      let file = block.files[levels[last].nextFile]
      if name.lexicographicallyPrecedes(file.name) { return nil }
      levels[last].nextFile += 1
      if file.name == name { return file }
    }
    return nil
  }
}

extension StatCacheBlock {
  /// What an mtree says of a file that is as the cache says.
  fileprivate func facts(_ file: CachedFile, _ status: FileStatus) -> MtreeFacts {
    var facts = MtreeFacts(name: file.name, status: status)
    switch file.kind {
    case .symbolicLink: facts.linkTarget = linkTarget(file)
    case .regular:
      facts.attributes = attributes(file)
      facts.digests[.sha256] = digest(file)
    case .directory: facts.attributes = attributes(file)
    default: break
    }
    return facts
  }

  /// Whether a file is what its mtree entry says, but for its content.
  fileprivate func isSame(
    _ file: CachedFile, _ status: FileStatus, _ facts: MtreeFacts
  ) -> Bool {
    guard file.isAlike(status) else { return false }
    switch file.kind {
    case .symbolicLink: return facts.linkTarget == linkTarget(file)
    case .regular, .directory: return Set(facts.attributes) == Set(attributes(file))
    default: return true
    }
  }
}

extension [[UInt8]] {
  /// Whether a name is among these, which are sorted by their bytes.
  fileprivate func has(_ name: [UInt8]) -> Bool {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] == name { return true }
      if self[middle].lexicographicallyPrecedes(name) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return false
  }
}
