internal import Store

/// Compares a root file system with what its bundle says of it.
///
/// One walk, which follows no symbolic link. Memory grows with the number of changes, with the files
/// that have several names, and with the mtree file when the whole of it has to be read.
package struct RootfsSurvey {
  private let rootfs: String
  private let isRootless: Bool
  private var changes: [RootfsChange] = []
  private var links = LinkedFiles()
  private let check: (Int) throws -> Void
  private let counter = Counter()

  private final class Counter {
    var count = 0
  }

  /// Prepares a survey.
  ///
  /// - Parameters:
  ///   - rootfs: The root of the tree.
  ///   - isRootless: Whether to read what keeps its own owner out (umoci-behaviour §4.9).
  ///   - check: Told of each file and folder how many they are; what it throws ends the work.
  package init(
    rootfs: String, isRootless: Bool, check: @escaping (Int) throws -> Void = { _ in }
  ) {
    self.rootfs = rootfs
    self.isRootless = isRootless
    self.check = check
  }

  /// Compares every file with an mtree file; every file whose status is as the mtree file says is read.
  ///
  /// - Parameters:
  ///   - mtree: The bundle's mtree file.
  ///   - recorder: Takes down the tree as it is, for another mtree file; every file is read then.
  /// - Returns: All changes, in no particular order.
  /// - Throws: ``SyscallError``, ``WalkError``, what the recorder throws.
  package consuming func changes(
    from mtree: MtreeFile, recording recorder: BundleRecorder? = nil
  ) throws -> [RootfsChange] {
    try run(MtreeBaseline(mtree, check: watch), recorder)
  }

  /// Compares every file with what a stat cache says; only those are read whose status has moved.
  ///
  /// - Returns: All changes, in no particular order.
  /// - Throws: Like ``changes(from:recording:)``; ``StatCacheError`` when the cache turns out to be
  ///   no use: the mtree file has to be read then, and what was recorded must be thrown away.
  package consuming func changes(
    from cache: StatCacheReader, recording recorder: BundleRecorder? = nil
  ) throws -> [RootfsChange] {
    try run(CacheBaseline(cache, check: watch), recorder)
  }

  private mutating func run(
    _ baseline: some SurveyBaseline, _ recorder: BundleRecorder?
  ) throws -> [RootfsChange] {
    var baseline = baseline
    var path: [UInt8] = []
    let scanner = RootfsScanner(path: rootfs, isRootless: isRootless)
    let list = { (folder: ScannedFolder) in
      let names = try baseline.list(folder)
      try recorder?.list(names)
      return names
    }
    try scanner.scan(listing: list) { step in
      switch step {
      case .enter(let folder, let folderPath):
        try next()
        path = folderPath
        let verdict = try baseline.enter(folder, path: path)
        try recorder?.enter(verdict.facts(), folder.status, path: path)
        note(verdict.change, folder.status) { path }
      case .item(let file, let folder):
        try next()
        let verdict = try baseline.item(file, in: folder)
        try recorder?.item(verdict.facts(), file.status)
        note(verdict.change, file.status) { join(path, file.name) }
      case .leave:
        try baseline.leave()
        try recorder?.leave()
      }
    }
    return try changes + baseline.finish() + links.incomplete
  }

  /// Asks whether to go on, also within a large file.
  private var watch: () throws -> Void { { [check, counter] in try check(counter.count) } }

  private mutating func next() throws {
    counter.count += 1
    try check(counter.count)
  }

  private mutating func note(
    _ kind: RootfsChange.Kind?, _ status: FileStatus, _ path: () -> [UInt8]
  ) {
    let isLinked = status.kind != .directory && status.linkCount > 1
    guard kind != nil || isLinked else { return }
    let change = RootfsChange(
      path: path(), kind: kind ?? .modified, fileKind: status.kind,
      size: status.kind == .regular ? status.size : 0)
    if isLinked { links.note(change, status, isChanged: kind != nil) }
    if kind != nil { changes.append(change) }
  }
}

/// The path of a name in a folder, relative to the root, which is `.`.
func join(_ path: [UInt8], _ name: [UInt8]) -> [UInt8] {
  path == [UInt8(ascii: ".")] ? name : path + [UInt8(ascii: "/")] + name
}

/// The names of files that have more than one.
///
/// A layer that holds one of them must hold all: a name that it left out would go on standing for
/// another file.
private struct LinkedFiles {
  private struct Identity: Hashable {
    let device: UInt64
    let inode: UInt64
  }

  private var unchanged: [Identity: [RootfsChange]] = [:]
  private var changed: Set<Identity> = []

  mutating func note(_ change: RootfsChange, _ status: FileStatus, isChanged: Bool) {
    let identity = Identity(device: status.device, inode: status.inode)
    if isChanged {
      changed.insert(identity)
    } else {
      unchanged[identity, default: []].append(change)
    }
  }

  /// The unchanged names of files that have changed under another name.
  var incomplete: [RootfsChange] {
    unchanged.flatMap { identity, changes in changed.contains(identity) ? changes : [] }
  }
}
