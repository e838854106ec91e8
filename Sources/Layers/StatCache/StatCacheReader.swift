package import Store

/// A stat cache that fits its bundle, read folder by folder in the order of a walk.
///
/// Holds one folder at a time. Whatever the file says, reading it ends, and stays within the file.
package final class StatCacheReader {
  /// The file's name in a bundle.
  package static let fileName = "umoci-tx-stat-cache"

  /// The device of the tree.
  let device: UInt64
  private let file: OpenFile
  /// Where the next block begins, and where the last one ends.
  private var rest: Int
  private var buffer = Buffer()

  private struct Buffer {
    var bytes = [UInt8](repeating: 0, count: 1 << 18)
    var range = 0..<0
  }

  /// Opens the cache of a bundle, and checks that every byte of it is what was written.
  ///
  /// - Parameters:
  ///   - bundle: The bundle.
  ///   - mtree: The SHA-256 of the bundle's mtree file.
  ///   - rootfs: The status of the tree's root.
  /// - Throws: ``StatCacheError``, when the files have to be read instead.
  package init(
    bundle: OpenDirectory, mtree: [UInt8], rootfs: FileStatus
  ) throws(StatCacheError) {
    device = rootfs.device
    do throws(SyscallError) {
      file = try bundle.openFile(Self.fileName)
      let status = try file.status()
      let size = status.size
      guard status.kind == .regular, size <= StatCacheFormat.maximumSize,
        size >= Int64(StatCacheFormat.headerSize + StatCacheFormat.trailerSize)
      else { throw SyscallError(call: "read", path: file.path, code: 0) }
      rest = Int(size)
    } catch {
      throw error.isNotFound ? .missing : .damaged
    }
    try check(mtree, rootfs)
  }

  private func check(_ mtree: [UInt8], _ rootfs: FileStatus) throws(StatCacheError) {
    let size = rest
    let header = try read(StatCacheFormat.headerSize)
    guard header.starts(with: StatCacheFormat.magic) else {
      let name = StatCacheFormat.magic.prefix(StatCacheFormat.nameLength)
      throw header.starts(with: name) ? .otherVersion : .damaged
    }
    var hasher = StreamHasher()
    hasher.update(header)
    while rest > StatCacheFormat.trailerSize {
      hasher.update(try read(min(rest - StatCacheFormat.trailerSize, 1 << 18)))
    }
    let recorded = try read(32)
    hasher.update(recorded)
    guard try read(32) == hasher.finish() else { throw .damaged }
    guard recorded == mtree else { throw .otherMtree }
    var device = LittleEndianReader(header)
    _ = try device.skip(StatCacheFormat.magic.count)
    guard try device.integer(UInt64.self) == rootfs.device else { throw .otherDevice }
    try rewind(size)
  }

  private func rewind(_ size: Int) throws(StatCacheError) {
    do throws(SyscallError) { try file.rewind() } catch { throw .damaged }
    buffer.range = 0..<0
    rest = size
    _ = try read(StatCacheFormat.headerSize)
    rest -= StatCacheFormat.trailerSize
  }

  /// The next folder.
  ///
  /// - Throws: ``StatCacheError/damaged``, also when there is none.
  func next() throws(StatCacheError) -> StatCacheBlock { try StatCacheBlock(readBlock()) }

  /// Passes over a folder and all that is below it.
  func skip() throws(StatCacheError) {
    var pending = 1
    while pending > 0 {
      var header = LittleEndianReader(try readBlock())
      pending += Int(try header.integer(UInt32.self)) - 1
    }
  }

  private func readBlock() throws(StatCacheError) -> [UInt8] {
    var length = LittleEndianReader(try read(4))
    return try read(Int(length.integer(UInt32.self)))
  }

  private func read(_ count: Int) throws(StatCacheError) -> [UInt8] {
    guard count <= rest else { throw .damaged }
    rest -= count
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count {
      if buffer.range.isEmpty { try fill() }
      let piece = buffer.range.prefix(count - bytes.count)
      bytes += buffer.bytes[piece]
      buffer.range = piece.upperBound..<buffer.range.upperBound
    }
    return bytes
  }

  private func fill() throws(StatCacheError) {
    var result = 0
    var failure: SyscallError?
    buffer.bytes.withUnsafeMutableBytes { bytes in
      do throws(SyscallError) { result = try file.read(into: bytes) } catch { failure = error }
    }
    // Shorter than it was a moment ago: somebody is writing to it.
    guard failure == nil, result > 0 else { throw .damaged }
    buffer.range = 0..<result
  }
}

/// What a stat cache says of one folder and the files in it.
struct StatCacheBlock {
  private let bytes: [UInt8]
  let folder: CachedFile
  let files: [CachedFile]
  /// The names of the folders in it, sorted by their bytes, as the files are.
  let folders: [[UInt8]]

  init(_ bytes: [UInt8]) throws(StatCacheError) {
    self.bytes = bytes
    var reader = LittleEndianReader(bytes)
    let folderCount = try reader.integer(UInt32.self)
    let fileCount = try reader.integer(UInt32.self)
    folder = try Self.file(&reader)
    var files: [CachedFile] = []
    for _ in 0..<fileCount { files.append(try Self.file(&reader)) }
    var folders: [[UInt8]] = []
    for _ in 0..<folderCount { folders.append(Array(bytes[try reader.counted()])) }
    self.files = files
    self.folders = folders
    // These names are looked up on disk.
    guard Self.areNames(folders), Self.areNames(files.map(\.name)) else { throw .damaged }
  }

  /// Whether these can be the names in one folder, sorted.
  private static func areNames(_ names: [[UInt8]]) -> Bool {
    for name in names {
      guard !name.isEmpty, !name.contains(0), !name.contains(UInt8(ascii: "/")),
        name != [UInt8(ascii: ".")], name != [UInt8(ascii: "."), UInt8(ascii: ".")]
      else { return false }
    }
    return zip(names, names.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) }
  }

  /// The target of a link.
  func linkTarget(_ file: CachedFile) -> [UInt8] { Array(bytes[file.text]) }

  /// The extended attributes of a regular file or a folder.
  func attributes(_ file: CachedFile) -> [ExtendedAttribute] {
    bytes[file.text].withUnsafeBytes { ExtendedAttribute.decode($0) }
  }

  /// The SHA-256 of a regular file in hexadecimal.
  func digest(_ file: CachedFile) -> [UInt8] { Array(bytes[file.hash]).hexadecimal }

  private static func file(_ reader: inout LittleEndianReader) throws(StatCacheError) -> CachedFile
  {
    let name = try reader.counted()
    let letter = try reader.integer(UInt8.self)
    guard let kind = FileStatus.Kind(letter: letter) else { throw .damaged }
    let flags = try reader.integer(UInt8.self)
    let permissions = UInt32(try reader.integer(UInt16.self))
    let userID = try reader.integer(UInt32.self)
    let groupID = try reader.integer(UInt32.self)
    let linkCount = try reader.integer(UInt64.self)
    let size = try reader.integer(Int64.self)
    let modificationTime = try time(&reader)
    let changeTime = try time(&reader)
    let inode = try reader.integer(UInt64.self)
    let text = try reader.counted()
    let hash = try reader.skip(kind == .regular ? 32 : 0)
    return CachedFile(
      name: Array(reader.bytes[name]), kind: kind, permissions: permissions, userID: userID,
      groupID: groupID, linkCount: linkCount, size: size, modificationTime: modificationTime,
      changeTime: changeTime, inode: inode, isProof: flags & 1 != 0, text: text, hash: hash)
  }

  private static func time(_ reader: inout LittleEndianReader) throws(StatCacheError) -> FileTime {
    let seconds = try reader.integer(Int64.self)
    return FileTime(seconds: seconds, nanoseconds: Int64(try reader.integer(UInt32.self)))
  }
}
