internal import CLinux
internal import Glibc

/// The command line of this process.
package enum ProgramArguments {
  /// The program's name and its arguments; each may hold any bytes, see ``Swift/String/withPath(_:)``.
  package static var all: [String] {
    var count: Int32 = 0
    let start = clinux_arguments(&count)
    return UnsafeBufferPointer(start: start, count: Int(count)).compactMap { $0 }.map {
      String(pathBytes: Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))))
    }
  }
}
