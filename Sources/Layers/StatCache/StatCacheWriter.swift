package import Store

/// Writes a stat cache, step by step of a walk.
///
/// A status is a proof only when nothing that comes later can hide behind it: a file that changes
/// after `start` gets a change time that is not before it, so that only earlier ones count. `start`
/// is to be read off the very file system that the tree is on, before the first status is taken.
package struct StatCacheWriter {
  private let start: FileTime
  private let device: UInt64
  private var text: [UInt8]
  private var hasher = StreamHasher()
  /// The folder that takes files, until its first folder begins or it ends.
  private var folder: Folder?
  /// The files of that folder.
  private var files: [UInt8] = []

  private struct Folder {
    var file: [UInt8]
    var names: FolderNames?
    var fileCount: UInt32 = 0
  }

  /// Starts a cache.
  ///
  /// - Parameters:
  ///   - start: The time of the file system's clock before the walk.
  ///   - device: The device of the tree; other file systems in it give no proof.
  package init(start: FileTime, device: UInt64) {
    self.start = start
    self.device = device
    text = StatCacheFormat.magic
    text.append(little: device)
  }

  /// Starts a cache in a file that was created just now, beside the tree.
  ///
  /// Where the file lies on another file system than the tree its time proves nothing.
  init(timedBy file: BundleFile, rootfs: FileStatus) throws(SyscallError) {
    let status = try file.status()
    let isBeside = status?.device == rootfs.device
    let never = FileTime(seconds: .min, nanoseconds: 0)
    self.init(start: isBeside ? status?.changeTime ?? never : never, device: rootfs.device)
  }

  /// How many bytes there are to be taken.
  var size: Int { text.count }

  /// Begins a folder.
  mutating func enter(_ facts: MtreeFacts, _ status: FileStatus) {
    endFolder()
    var file: [UInt8] = []
    Self.encode(facts, status, isProof: isProof(status), onto: &file)
    folder = Folder(file: file)
  }

  /// Says what is in the folder that was entered last.
  mutating func list(_ names: FolderNames) { folder?.names = names }

  /// Adds a file to the folder that was entered last.
  package mutating func item(_ facts: MtreeFacts, _ status: FileStatus) {
    guard folder != nil else { return }
    Self.encode(facts, status, isProof: isProof(status), onto: &files)
    folder?.fileCount += 1
  }

  /// Ends a folder.
  mutating func leave() { endFolder() }

  /// Takes what has been written since the last time.
  mutating func take() -> [UInt8] {
    defer { text.removeAll(keepingCapacity: true) }
    hasher.update(text)
    return text
  }

  /// Ends the cache.
  ///
  /// - Parameter mtree: The SHA-256 of the mtree file that it goes with, 32 bytes.
  /// - Returns: The last bytes.
  mutating func finish(mtree: [UInt8]) -> [UInt8] {
    endFolder()
    text += mtree
    let rest = take()
    return rest + hasher.finish()
  }

  private mutating func endFolder() {
    guard let ended = folder.take() else { return }
    let names = ended.names?.folders ?? []
    var block: [UInt8] = []
    block.append(little: UInt32(truncatingIfNeeded: names.count))
    block.append(little: ended.fileCount)
    block += ended.file
    block += files
    files.removeAll(keepingCapacity: true)
    for name in names { block.append(counted: name) }
    text.append(counted: block)
  }

  /// Whether nothing can happen any more to the file without changing its status.
  package func isProof(_ status: FileStatus) -> Bool {
    status.changeTime < start && status.device == device
  }

  private static func encode(
    _ facts: MtreeFacts, _ status: FileStatus, isProof: Bool, onto bytes: inout [UInt8]
  ) {
    bytes.append(counted: facts.name)
    bytes.append(facts.kind.letter)
    bytes.append(isProof ? 1 : 0)
    bytes.append(little: UInt16(truncatingIfNeeded: facts.permissions))
    bytes.append(little: facts.userID)
    bytes.append(little: facts.groupID)
    bytes.append(little: facts.linkCount)
    bytes.append(little: facts.size)
    bytes.append(little: facts.modificationTime.seconds)
    bytes.append(little: UInt32(truncatingIfNeeded: status.modificationTime.nanoseconds))
    bytes.append(little: status.changeTime.seconds)
    bytes.append(little: UInt32(truncatingIfNeeded: status.changeTime.nanoseconds))
    bytes.append(little: status.inode)
    bytes.append(counted: facts.linkTarget ?? ExtendedAttribute.encode(facts.attributes))
    facts.appendContentHash(onto: &bytes)
  }
}

extension MtreeFacts {
  /// Appends the 32 bytes of the SHA-256 of a regular file, zeros when it is not known; none for
  /// others.
  fileprivate func appendContentHash(onto bytes: inout [UInt8]) {
    guard kind == .regular else { return }
    if let contentHash { return contentHash.withBytes { bytes.append(contentsOf: $0) } }
    let digits = digests[.sha256] ?? []
    func value(_ digit: UInt8) -> UInt8 { digit < 0x3a ? digit - 0x30 : digit - 0x57 }
    for index in 0..<32 {
      let isKnown = digits.count == 64
      bytes.append(isKnown ? value(digits[index * 2]) << 4 | value(digits[index * 2 + 1]) : 0)
    }
  }
}
