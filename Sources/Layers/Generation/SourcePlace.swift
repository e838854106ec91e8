internal import Glibc
package import Store

/// A path of this host from which something is put into a layer.
package struct SourcePlace: Sendable {
  /// The path, without slashes at its end.
  package let path: String

  /// Names a place; slashes at its end mean nothing, as for umoci.
  package init(_ path: String) {
    var bytes = Array(path.utf8)
    while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
    self.path = String(decoding: bytes, as: UTF8.self)
  }

  /// What lies there; a symbolic link is not followed.
  ///
  /// - Throws: ``SyscallError``.
  package func status() throws(SyscallError) -> FileStatus {
    var status = stat()
    guard path.withPath({ lstat($0, &status) }) == 0 else { throw .last("lstat", path) }
    return FileStatus(status)
  }

  private var slash: String.UTF8View.Index? { path.utf8.lastIndex(of: UInt8(ascii: "/")) }

  /// The path of the folder that it is in.
  var parent: String {
    guard let slash else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Its name in that folder.
  var name: [UInt8] {
    guard let slash else { return path.pathBytes }
    return String(path[path.utf8.index(after: slash)...]).pathBytes
  }
}
