package import Store

/// Takes down what a root file system holds, for a bundle: its mtree file and its stat cache.
///
/// Both describe the tree as the walk met it. What changes later shows up as a difference from them.
package final class BundleRecorder {
  private var mtree: MtreeWriter
  private var cache: StatCacheWriter
  private let mtreeFile: BundleFile
  private let cacheFile: BundleFile

  private static let pieceSize = 1 << 16

  /// Prepares a record.
  ///
  /// - Parameters:
  ///   - mtreeFile: Takes the mtree file.
  ///   - cacheFile: Takes the stat cache; it has just been created, so that it tells the time.
  ///   - header: The comments at the head of the mtree file.
  ///   - rootfs: The status of the tree's root.
  package init(
    mtree mtreeFile: BundleFile, cache cacheFile: BundleFile, header: MtreeHeader,
    rootfs: FileStatus
  ) throws(SyscallError) {
    self.mtreeFile = mtreeFile
    self.cacheFile = cacheFile
    mtree = MtreeWriter(header: header)
    cache = try StatCacheWriter(timedBy: cacheFile, rootfs: rootfs)
  }

  func enter(_ facts: MtreeFacts, _ status: FileStatus, path: [UInt8]) throws {
    mtree.enter(facts, path: path)
    cache.enter(facts, status)
    try emit(atLeast: Self.pieceSize)
  }

  func list(_ names: FolderNames) throws { cache.list(names) }

  func item(_ facts: MtreeFacts, _ status: FileStatus) throws {
    mtree.item(facts)
    cache.item(facts, status)
    try emit(atLeast: Self.pieceSize)
  }

  func leave() throws {
    mtree.leave()
    cache.leave()
    try emit(atLeast: Self.pieceSize)
  }

  /// Completes both files, which stay open; nothing of them is durable yet.
  package func finish() throws {
    try emit(atLeast: 0)
    try cacheFile.write(cache.finish(mtree: mtreeFile.digest))
  }

  private func emit(atLeast size: Int) throws {
    if mtree.text.count >= size { try mtreeFile.write(mtree.take()) }
    if cache.size >= size { try cacheFile.write(cache.take()) }
  }
}
