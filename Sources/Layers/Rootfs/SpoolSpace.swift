internal import CLinux
internal import Glibc
internal import Store

/// Memory for a table that may grow with what a stranger's image holds.
///
/// The first part is ordinary memory. What exceeds it lies in an unnamed temporary file that is
/// mapped, so that the kernel can take the memory back whenever it needs it. Everything is
/// released with the last reference.
final class SpoolSpace {
  private let memoryLimit: Int
  private let directory: String
  private var mappings: [UnsafeMutableRawBufferPointer] = []
  private var memoryUsed = 0
  private var file: Int32 = -1
  private var fileSize: off_t = 0

  /// Makes an empty space.
  ///
  /// - Parameters:
  ///   - memoryLimit: How many bytes stay ordinary memory.
  ///   - directory: The folder for the temporary file, used only when it is needed.
  init(memoryLimit: Int, directory: String) {
    self.memoryLimit = memoryLimit
    self.directory = directory
  }

  deinit {
    for mapping in mappings { munmap(mapping.baseAddress, mapping.count) }
    if file >= 0 { close(file) }
  }

  /// Hands out zeroed memory that lives as long as this space.
  ///
  /// - Parameter byteCount: A multiple of the page size.
  /// - Returns: The memory's start.
  /// - Throws: ``SyscallError`` when there is no memory, or no room in the folder.
  func allocate(_ byteCount: Int) throws(SyscallError) -> UnsafeMutableRawPointer {
    let memory =
      memoryUsed + byteCount <= memoryLimit
      ? try map(byteCount, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) : try mapFile(byteCount)
    mappings.append(UnsafeMutableRawBufferPointer(start: memory, count: byteCount))
    return memory
  }

  private func mapFile(_ byteCount: Int) throws(SyscallError) -> UnsafeMutableRawPointer {
    if file < 0 { file = try openFile() }
    // Reserving the blocks now turns a full disk into an error instead of a SIGBUS later.
    try FailPoint("spool.grow").perform("fallocate", on: directory) {
      Int(clinux_fallocate(file, 0, fileSize, off_t(byteCount)))
    }
    let memory = try map(byteCount, MAP_SHARED, file, fileSize)
    fileSize += off_t(byteCount)
    return memory
  }

  private func openFile() throws(SyscallError) -> Int32 {
    let flags = O_RDWR | O_CLOEXEC | clinux_O_TMPFILE
    return Int32(
      try FailPoint("spool.create").perform("open", on: directory) {
        Int(clinux_open(directory, flags, 0o600))
      })
  }

  private func map(
    _ byteCount: Int, _ flags: Int32, _ file: Int32, _ offset: off_t
  ) throws(SyscallError) -> UnsafeMutableRawPointer {
    let memory = mmap(nil, byteCount, PROT_READ | PROT_WRITE, flags, file, offset)
    guard let memory, memory != MAP_FAILED else { throw .last("mmap", directory) }
    if file < 0 { memoryUsed += byteCount }
    return memory
  }
}
