internal import Store

extension MtreeWriter {
  /// Writes all of a root file system that is on disk, reading every file.
  ///
  /// - Parameters:
  ///   - rootfs: The root of the tree.
  ///   - isRootless: Whether to read what keeps its own owner out (umoci-behaviour §4.9).
  ///   - emit: Takes the text, a piece of some 64 KiB at a time.
  /// - Throws: What `emit` throws, ``SyscallError``, ``WalkError``.
  package mutating func write(
    rootfs: String, isRootless: Bool = false, _ emit: ([UInt8]) throws -> Void
  ) throws {
    let reader = RootfsFacts(keywords: keywords)
    let digests = keywords.filter(\.isContentDigest)
    try RootfsScanner(path: rootfs, isRootless: isRootless).scan { step in
      switch step {
      case .enter(let folder, let path): enter(reader.facts(of: folder), path: path)
      case .item(let file, let folder):
        var facts = try reader.facts(of: file, in: folder)
        if facts.kind == .regular, !digests.isEmpty {
          facts.digests = try reader.digests(of: file, in: folder, digests)
        }
        item(facts)
      case .leave: leave()
      }
      if text.count >= Self.pieceSize { try emit(take()) }
    }
    try emit(take())
  }

  /// Writes all of a tree that has just been extracted.
  ///
  /// - Parameters:
  ///   - tree: The record of the extraction.
  ///   - emit: Takes the text, a piece of some 64 KiB at a time.
  /// - Throws: What `emit` throws.
  package mutating func write(
    _ tree: ExtractedTree, _ emit: ([UInt8]) throws -> Void
  ) throws {
    try tree.walk { step throws(any Error) in
      write(step)
      if text.count >= Self.pieceSize { try emit(take()) }
    }
    try emit(take())
  }

  private static let pieceSize = 1 << 16
}
