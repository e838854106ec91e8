internal import CLinux
internal import Glibc

/// An open regular file: an owned descriptor and the path it was opened by.
///
/// Closing is automatic and loses nothing that ``sync(_:)`` has confirmed.
public struct OpenFile: ~Copyable, Sendable {
  /// The path the file was opened by, for messages.
  public let path: String
  package private(set) var descriptor: Int32

  package init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  /// A file in memory alone, which holds these bytes and is read from its start.
  ///
  /// Touches no disk; gone when it is closed.
  package static func inMemory(_ bytes: [UInt8], name: String) throws(SyscallError) -> OpenFile {
    let number = clinux_memory_file(name)
    guard number >= 0 else { throw .last("memfd_create", name) }
    let file = OpenFile(descriptor: number, path: name)
    var start = 0
    while start < bytes.count {
      let count = bytes[start...].withUnsafeBytes {
        Glibc.write(number, $0.baseAddress, $0.count)
      }
      guard count > 0 || (count < 0 && errno == EINTR) else { throw .last("write", name) }
      start += max(count, 0)
    }
    try file.rewind()
    return file
  }

  deinit {
    if descriptor >= 0 { Glibc.close(descriptor) }
  }

  /// Closes the file.
  ///
  /// - Throws: ``SyscallError`` when the file system reports a late write error (close(2)).
  public consuming func close() throws(SyscallError) {
    let number = descriptor
    descriptor = -1
    guard Glibc.close(number) == 0 || errno == EINTR else { throw .last("close", path) }
  }

  /// The file's status now.
  public func status() throws(SyscallError) -> FileStatus {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .last("fstat", path) }
    return FileStatus(status)
  }

  /// Whether any process has the file open for writing; nil where the kernel does not tell, as for
  /// another owner's file.
  ///
  /// The file must have been opened for reading.
  package func hasWriter() -> Bool? {
    let answer = clinux_has_writer(descriptor)
    return answer < 0 ? nil : answer == 1
  }

  /// Shares the blocks of another file, so that each has content of its own from then on;
  /// ioctl_ficlonerange(2).
  ///
  /// - Throws: `EOPNOTSUPP`, `EXDEV`, `EINVAL` or `ENOTTY` where the file system cannot do it.
  package func clone(_ source: borrowing OpenFile, _ point: FailPoint) throws(SyscallError) {
    let from = source.descriptor
    try point.perform("ioctl", on: path) { Int(clinux_clone_file(descriptor, from)) }
  }

  /// Reads up to `buffer.count` bytes from the current position.
  ///
  /// - Returns: The number of bytes read; 0 at the end of the file.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(SyscallError) -> Int {
    while true {
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      if errno != EINTR { throw .last("read", path) }
    }
  }

  /// Moves the current position back to the start of the file.
  public func rewind() throws(SyscallError) {
    guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw .last("lseek", path) }
  }

  /// Reads from the current position to the end, but never more than `limit` bytes.
  ///
  /// - Returns: The bytes, or nil when the file holds more than `limit`.
  public func readToEnd(limit: Int) throws(SyscallError) -> [UInt8]? {
    var bytes: [UInt8] = []
    let expected = try Int(clamping: status().size)
    if expected > limit { return nil }
    // One byte more than the limit tells a file of exactly that size from a longer one.
    let ceiling = limit == .max ? limit : limit + 1
    var capacity = min(ceiling - 1, max(expected, 511)) + 1
    while true {
      let chunk = try readChunk(capacity)
      if chunk.isEmpty { return bytes }
      if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
      if bytes.count > limit { return nil }
      capacity = min(ceiling - bytes.count, 1 << 16)
    }
  }

  private func readChunk(_ capacity: Int) throws(SyscallError) -> [UInt8] {
    var failure: SyscallError?
    let chunk = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      do throws(SyscallError) {
        count = try read(into: UnsafeMutableRawBufferPointer(buffer))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return chunk
  }

  /// Writes all bytes at the current position, however many calls that takes.
  ///
  /// Not durable before ``sync(_:)``. When it throws, a part may have been written.
  package func write(
    _ bytes: UnsafeRawBufferPointer, _ point: FailPoint
  ) throws(SyscallError) {
    var rest = bytes
    while !rest.isEmpty {
      let half = UnsafeRawBufferPointer(rebasing: rest.prefix(max(1, rest.count / 2)))
      let written = try point.perform(
        "write", on: path,
        half: { Glibc.write(descriptor, half.baseAddress, half.count) },
        { Glibc.write(descriptor, rest.baseAddress, rest.count) })
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
    }
  }

  /// Writes all bytes of an array at the current position.
  package func write(_ bytes: [UInt8], _ point: FailPoint) throws(SyscallError) {
    var failure: SyscallError?
    bytes.withUnsafeBytes { buffer in
      do throws(SyscallError) { try write(buffer, point) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// Waits until the file's content is on stable storage, fsync(2).
  ///
  /// A failure is final: the kernel may have dropped the unwritten pages, so the same file must
  /// not be trusted and must not be synced again; write a new one. The file's name is durable only
  /// after its folder was synced too.
  package func sync(_ point: FailPoint) throws(SyscallError) {
    try point.perform("fsync", on: path) { Int(fsync(descriptor)) }
  }

  /// Sets the permission bits.
  package func setPermissions(_ bits: UInt32, _ point: FailPoint) throws(SyscallError) {
    try point.perform("fchmod", on: path) { Int(fchmod(descriptor, bits)) }
  }

  /// Sets owner and mode as the policy asks; a no-op for most users.
  package func apply(_ policy: CreationPolicy, _ point: FailPoint) throws(SyscallError) {
    try policy.apply(to: descriptor, mode: policy.fileMode, path, point)
  }
}
