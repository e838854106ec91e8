internal import Store

/// A growing table of plain values at stable addresses in a ``SpoolSpace``.
struct SpooledTable<Element: BitwiseCopyable> {
  private let space: SpoolSpace
  private var chunks: [UnsafeMutablePointer<Element>] = []
  private(set) var count = 0

  private static var shift: Int { 10 }

  init(in space: SpoolSpace) {
    self.space = space
  }

  /// Adds a value and returns its index.
  mutating func append(_ element: Element) throws(SyscallError) -> UInt32 {
    guard let index = UInt32(exactly: count), index != .max else {
      throw SyscallError(call: "mmap", path: "entry table", code: 12)
    }
    if count >> Self.shift == chunks.count {
      let byteCount = MemoryLayout<Element>.stride << Self.shift
      let pages = (byteCount + 4095) & ~4095
      let memory = try space.allocate(pages)
      chunks.append(memory.bindMemory(to: Element.self, capacity: 1 << Self.shift))
    }
    count += 1
    self[index] = element
    return index
  }

  /// The value at an index that ``append(_:)`` has returned.
  subscript(index: UInt32) -> Element {
    unsafeAddress { UnsafePointer(pointer(at: index)) }
    nonmutating unsafeMutableAddress { pointer(at: index) }
  }

  /// Where the value at an index lies, for as long as the space lives.
  func pointer(at index: UInt32) -> UnsafeMutablePointer<Element> {
    chunks[Int(index) >> Self.shift] + (Int(index) & ((1 << Self.shift) - 1))
  }
}

/// Byte strings at stable places in a ``SpoolSpace``; nothing is ever taken out.
struct SpooledBytes {
  /// Where a string lies.
  struct Reference: BitwiseCopyable {
    // 19 bits of length, since the longest string has 2^18 bytes; the offset before them.
    private let packed: UInt64

    static var empty: Reference { Reference(offset: 0, count: 0) }

    fileprivate init(offset: UInt64, count: Int) { packed = offset << 19 | UInt64(count) }

    fileprivate var offset: UInt64 { packed >> 19 }
    var count: Int { Int(packed & (1 << 19 - 1)) }
  }

  private let space: SpoolSpace
  private var chunks: [UnsafeMutableRawPointer] = []
  private var end: UInt64 = 0

  private static var shift: UInt64 { 18 }
  private static var chunkSize: Int { 1 << 18 }

  init(in space: SpoolSpace) {
    self.space = space
  }

  /// Keeps a copy of the bytes.
  ///
  /// - Throws: `ENOMEM` for a string longer than 256 KiB, or when there is no room.
  mutating func append(_ bytes: UnsafeRawBufferPointer) throws(SyscallError) -> Reference {
    guard let source = bytes.baseAddress, bytes.count > 0 else { return .empty }
    guard bytes.count <= Self.chunkSize else {
      throw SyscallError(call: "mmap", path: "entry table", code: 12)
    }
    let used = Int(end & UInt64(Self.chunkSize - 1))
    if chunks.isEmpty || used == 0 || used + bytes.count > Self.chunkSize {
      end = UInt64(chunks.count) << Self.shift
      chunks.append(try space.allocate(Self.chunkSize))
    }
    let reference = Reference(offset: end, count: bytes.count)
    memory(at: end).copyMemory(from: source, byteCount: bytes.count)
    end += UInt64(bytes.count)
    return reference
  }

  /// The bytes of a reference, valid as long as the space.
  subscript(reference: Reference) -> UnsafeRawBufferPointer {
    guard reference.count > 0 else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    return UnsafeRawBufferPointer(start: memory(at: reference.offset), count: reference.count)
  }

  private func memory(at offset: UInt64) -> UnsafeMutableRawPointer {
    chunks[Int(offset >> Self.shift)] + Int(offset & UInt64(Self.chunkSize - 1))
  }
}
