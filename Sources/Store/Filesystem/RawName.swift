internal import Glibc

extension [UInt8] {
  /// Calls `body` with the bytes and a NUL after them.
  package func withCName<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: count + 1) { room in
      for (index, byte) in enumerated() { room[index] = CChar(bitPattern: byte) }
      room[count] = 0
      // Room that is not empty has a base address.
      return room.baseAddress.map { body($0) } ?? body("")
    }
  }
}

extension UnsafeMutablePointer<dirent> {
  /// Whether an entry that readdir(3) gave is the folder itself or the one above it.
  package var isDots: Bool {
    withUnsafePointer(to: &pointee.d_name) { start in
      let name = UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self)
      return name[0] == 0x2e && (name[1] == 0 || (name[1] == 0x2e && name[2] == 0))
    }
  }

  /// The name of an entry that readdir(3) gave, as bytes.
  package var rawName: [UInt8] {
    withUnsafePointer(to: &pointee.d_name) { start in
      let bytes = UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self)
      return Array(UnsafeBufferPointer(start: bytes, count: strnlen(bytes, 255)))
    }
  }
}
