internal import CLinux
internal import Glibc
internal import Store

/// Memory for a table that may grow with the content of an untrusted image.
///
/// The first part is ordinary memory. What exceeds it lies in an unnamed temporary file that is
/// mapped, so that the kernel can take the memory back whenever it needs it; and it is given back
/// each time that the file grows, so that little of it is this process's at any time. Everything is
/// released with the last reference.
final class SpoolSpace {
  /// How many bytes of the file are mapped at once.
  private static let regionSize = 64 << 20
  /// By how much the file grows, in bytes.
  private static let growth = 2 << 20

  private let memoryLimit: Int
  private let directory: String
  private var memory: [UnsafeMutableRawBufferPointer] = []
  private var memoryUsed = 0
  private var file: Int32 = -1
  // The file, piece by piece as it is mapped; a mapping may reach beyond the file's end.
  private var regions: [UnsafeMutableRawBufferPointer] = []
  private var fileUsed = 0
  private var fileSize = 0

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
    for mapping in memory + regions { munmap(mapping.baseAddress, mapping.count) }
    if file >= 0 { close(file) }
  }

  /// How many bytes were taken from the system, in memory and in the file.
  var byteCount: Int { memoryUsed + fileSize }

  /// Hands out zeroed memory that lives as long as this space.
  ///
  /// - Parameter byteCount: A multiple of the page size, 1 MiB at most.
  /// - Returns: The memory's start.
  /// - Throws: ``SyscallError`` when there is no memory, or no room in the folder.
  func allocate(_ byteCount: Int) throws(SyscallError) -> UnsafeMutableRawPointer {
    if memoryUsed + byteCount <= memoryLimit {
      let mapping = try map(byteCount, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
      memory.append(mapping)
      memoryUsed += byteCount
      return try start(of: mapping)
    }
    return try allocateInFile(byteCount)
  }

  /// Gives memory back to the kernel whose content is in the file; it comes again when it is used.
  func releaseColdMemory() {
    for region in regions { madvise(region.baseAddress, region.count, MADV_DONTNEED) }
  }

  private func allocateInFile(
    _ byteCount: Int
  ) throws(SyscallError) -> UnsafeMutableRawPointer {
    if file < 0 { file = try openFile() }
    let room = regions.count * Self.regionSize - fileUsed
    if room < byteCount {
      fileUsed += room
      regions.append(try map(Self.regionSize, MAP_SHARED, file, off_t(fileUsed)))
    }
    while fileSize < fileUsed + byteCount { try grow() }
    defer { fileUsed += byteCount }
    return try start(of: regions[regions.count - 1]) + fileUsed % Self.regionSize
  }

  private func grow() throws(SyscallError) {
    // Reserving the blocks now turns a full disk into an error instead of a SIGBUS later.
    try FailPoint("spool.grow").perform("fallocate", on: directory) {
      Int(clinux_fallocate(file, 0, off_t(fileSize), off_t(Self.growth)))
    }
    fileSize += Self.growth
    releaseColdMemory()
  }

  private func openFile() throws(SyscallError) -> Int32 {
    let flags = O_RDWR | O_CLOEXEC | clinux_O_TMPFILE
    return Int32(
      try FailPoint("spool.create").perform("open", on: directory) {
        directory.withPath { Int(clinux_open($0, flags, 0o600)) }
      })
  }

  private func map(
    _ byteCount: Int, _ flags: Int32, _ file: Int32, _ offset: off_t
  ) throws(SyscallError) -> UnsafeMutableRawBufferPointer {
    let memory = mmap(nil, byteCount, PROT_READ | PROT_WRITE, flags, file, offset)
    guard memory != MAP_FAILED else { throw .last("mmap", directory) }
    return UnsafeMutableRawBufferPointer(start: memory, count: byteCount)
  }

  private func start(
    of mapping: UnsafeMutableRawBufferPointer
  ) throws(SyscallError) -> UnsafeMutableRawPointer {
    guard let start = mapping.baseAddress else {
      throw SyscallError(call: "mmap", path: directory, code: ENOMEM)
    }
    return start
  }
}
