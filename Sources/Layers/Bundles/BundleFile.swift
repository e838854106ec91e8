package import Store

/// A file of a bundle that is being written.
package final class BundleFile {
  private var file: OpenFile?
  private let point: FailPoint

  init(
    creating name: String, in folder: OpenDirectory, _ point: FailPoint
  ) throws(SyscallError) {
    self.point = point
    file = try folder.createFile(name, policy: CreationPolicy(), point)
  }

  /// Appends some bytes.
  package func write(_ bytes: [UInt8]) throws(SyscallError) {
    try file?.write(bytes, point)
  }

  /// Ends the file.
  func close() throws(SyscallError) {
    try file.take()?.close()
  }
}
