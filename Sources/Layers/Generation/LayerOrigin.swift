internal import CLinux
internal import Glibc
internal import Store

/// The bytes of a finished layer, as another program made it.
package protocol LayerOrigin: AnyObject {
  /// What stands in messages.
  var name: String { get }
  /// How many bytes there are; 0 when it is unknown.
  var size: Int64 { get }
  /// Whether it can be read more than once.
  var isRepeatable: Bool { get }

  /// The first bytes, at most so many; they are read all the same.
  func beginning(_ count: Int) throws -> [UInt8]
  /// Goes to the start.
  func begin() throws
  /// Fills a buffer from its start.
  ///
  /// - Returns: How many bytes there are now; 0 at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
  /// Refuses what is no longer what it was.
  func finish() throws
}

/// A regular file of this host.
package final class ArchiveFile: LayerOrigin {
  private let file: OpenFile
  private let status: FileStatus
  package var name: String { file.path }
  package var size: Int64 { status.size }
  package var isRepeatable: Bool { true }

  /// Opens a file.
  ///
  /// - Throws: ``SyscallError``; ``LayerImportError/notAFile(path:)`` for anything but a regular file,
  ///   which is not read.
  package init(_ path: String) throws {
    let descriptor = path.withPath { clinux_open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0) }
    guard descriptor >= 0 else {
      // A socket, or a device without a driver.
      if errno == ENXIO || errno == ENODEV { throw LayerImportError.notAFile(path: path) }
      let error = SyscallError.last("open", path)
      throw error.isNotFound ? LayerGenerationError.noSource(path: path) : error
    }
    let opened = OpenFile(descriptor: descriptor, path: path)
    status = try opened.status()
    guard status.kind == .regular else { throw LayerImportError.notAFile(path: path) }
    file = opened
  }

  package func beginning(_ count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let found = bytes.withUnsafeMutableBytes { pread(file.descriptor, $0.baseAddress, $0.count, 0) }
    guard found >= 0 else { throw SyscallError.last("pread", file.path) }
    return Array(bytes.prefix(found))
  }

  package func begin() throws { try file.rewind() }

  package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      let count = Glibc.read(file.descriptor, buffer.baseAddress, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw SyscallError.last("read", file.path) }
      return count
    }
  }

  package func finish() throws {
    try SourceContent.check(try file.status(), against: status, file.path, isComplete: true)
  }
}

/// What comes piece by piece, once.
final class LayerPieces: LayerOrigin {
  let name: String
  private let next: () throws -> [UInt8]?
  /// What has come and was not read yet.
  private var pending: ArraySlice<UInt8> = []
  private var isAtEnd = false
  private var isUsed = false
  var size: Int64 { 0 }
  var isRepeatable: Bool { false }

  init(named name: String, _ next: @escaping () throws -> [UInt8]?) {
    self.name = name
    self.next = next
  }

  func beginning(_ count: Int) throws -> [UInt8] {
    while pending.count < count, let piece = try nextPiece() { pending += piece }
    return Array(pending.prefix(count))
  }

  func begin() throws {
    if isUsed { throw LayerImportError.readAlready(name: name) }
    isUsed = true
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while pending.isEmpty, let piece = try nextPiece() { pending = piece[...] }
    let count = min(pending.count, buffer.count)
    buffer.copyBytes(from: pending.prefix(count))
    pending.removeFirst(count)
    return count
  }

  func finish() {}

  private func nextPiece() throws -> [UInt8]? {
    if isAtEnd { return nil }
    let piece = try next()
    isAtEnd = piece == nil
    return piece
  }
}
