package import Store

/// A file of a bundle that is being written.
package final class BundleFile {
  private var file: OpenFile?
  private let point: FailPoint
  private var hasher = StreamHasher()

  /// Creates a file, whose writes arrive at a fail point.
  package init(
    creating name: String, in folder: OpenDirectory, _ point: FailPoint
  ) throws(SyscallError) {
    self.point = point
    file = try folder.createFile(name, policy: CreationPolicy(), point)
  }

  /// Appends some bytes.
  package func write(_ bytes: [UInt8]) throws(SyscallError) {
    try file?.write(bytes, point)
    hasher.update(bytes)
  }

  /// The SHA-256 of what was written so far, 32 bytes.
  var digest: [UInt8] {
    var hasher = hasher
    return hasher.finish()
  }

  /// The file's status now; nil after its end.
  package func status() throws(SyscallError) -> FileStatus? {
    try file?.status()
  }

  /// Ends the file.
  ///
  /// - Returns: The SHA-256 of its content, 32 bytes.
  @discardableResult
  func finish() throws(SyscallError) -> [UInt8] {
    try file.take()?.close()
    return hasher.finish()
  }

  /// Ends the file when its content is on stable storage (full durability).
  ///
  /// - Returns: The SHA-256 of its content, 32 bytes.
  func finish(_ durability: Durability, _ point: FailPoint) throws(SyscallError) -> [UInt8] {
    if durability == .full { try file?.sync(point) }
    return try finish()
  }
}
