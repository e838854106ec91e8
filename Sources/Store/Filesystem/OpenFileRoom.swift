internal import Glibc

extension OpenDirectory {
  /// Makes sure that this process can open so many more files.
  ///
  /// A check that runs out of them in its middle would take what it cannot open for damage.
  ///
  /// - Throws: ``SyscallError`` when there is not that much room.
  package func requireRoom(forFiles count: Int) throws(SyscallError) {
    var copies: [Int32] = []
    defer { for copy in copies { close(copy) } }
    for _ in 0..<count {
      let copy = dup(descriptor)
      guard copy >= 0 else { throw .last("dup", path) }
      copies.append(copy)
    }
  }
}
