internal import CSQLite
internal import Store

/// Reading and writing the pages of a database with their checksums.
extension ShimFile {
  /// The part of a database that SQLite looks at without holding a lock, in bytes: what it reads
  /// there may be half written, and is read again with its page.
  private static let headerBytes: Int64 = 100

  /// Reads like xRead; of a database only what its page's checksum vouches for.
  func read(into buffer: UnsafeMutableRawPointer, _ count: Int, at offset: Int64) -> Int32 {
    let end = offset + Int64(count)
    guard isDatabase, end > Self.headerBytes else { return plainRead(buffer, count, offset) }
    let size = Int64(PageChecksum.pageSize)
    if count == PageChecksum.pageSize, offset % size == 0 {
      return readPage(into: buffer, number: offset / size)
    }
    // A part of a page, as of a long value's.
    let start = offset / size * size
    guard end <= start + size else { return IOFailure.data }
    return withUnsafeTemporaryAllocation(byteCount: PageChecksum.pageSize, alignment: 8) { page in
      guard let base = page.baseAddress else { return IOFailure.read }
      let code = readPage(into: base, number: start / size)
      if code == SQLITE_OK { buffer.copyMemory(from: base + Int(offset - start), byteCount: count) }
      return code
    }
  }

  private func readPage(into buffer: UnsafeMutableRawPointer, number: Int64) -> Int32 {
    let size = PageChecksum.pageSize
    let code = plainRead(buffer, size, number * Int64(size))
    if code == IOFailure.shortRead {
      // Behind the end there are zeros; a page of which a piece is there has lost the rest.
      let isEmpty = UnsafeRawBufferPointer(start: buffer, count: size).allSatisfy { $0 == 0 }
      return isEmpty ? code : IOFailure.data
    }
    guard code == SQLITE_OK else { return code }
    // What was saved has a checksum of its own, and may have been saved before the page got its.
    if saved?.holds(page: number) == true { return code }
    return PageChecksum.isRight(buffer, number: number) ? SQLITE_OK : IOFailure.data
  }

  private func plainRead(
    _ buffer: UnsafeMutableRawPointer, _ count: Int, _ offset: Int64
  ) -> Int32 {
    do throws(SyscallError) {
      let bytes = UnsafeMutableRawBufferPointer(start: buffer, count: count)
      if try saved?.read(into: bytes, at: offset) == true { return SQLITE_OK }
    } catch {
      return IOFailure.read
    }
    return Self.on(asFile, IOFailure.read) { file, methods in
      methods.xRead(file, buffer, Int32(count), offset)
    }
  }

  /// Writes like xWrite; the pages of a database get their checksums.
  func write(_ buffer: UnsafeRawPointer, _ count: Int, at offset: Int64) -> Int32 {
    let size = PageChecksum.pageSize
    guard isDatabase, count == size, offset % Int64(size) == 0 else {
      return plainWrite(buffer, count, offset)
    }
    return withUnsafeTemporaryAllocation(byteCount: size, alignment: 8) { page in
      guard let base = page.baseAddress else { return IOFailure.write }
      base.copyMemory(from: buffer, byteCount: size)
      PageChecksum.finalise(base, number: offset / Int64(size))
      return plainWrite(base, size, offset)
    }
  }

  private func plainWrite(
    _ buffer: UnsafeRawPointer, _ count: Int, _ offset: Int64
  ) -> Int32 {
    Self.mutate(
      asFile, "sqlite.write", IOFailure.write,
      half: { file, methods in methods.xWrite(file, buffer, Int32(max(1, count / 2)), offset) }
    ) { file, methods in methods.xWrite(file, buffer, Int32(count), offset) }
  }
}
