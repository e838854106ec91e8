public import Store

extension MtreeSpec {
  /// Reads an mtree file from its current position to its end.
  ///
  /// - Throws: ``MtreeError/malformed(line:_:)``, or ``SyscallError`` when it cannot be read.
  public init(reading file: borrowing OpenFile) throws {
    var parser = MtreeParser()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = try file.read(into: buffer)
      if count == 0 { break }
      try parser.read(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
    self = try parser.finish()
  }

  /// Reads the text of an mtree file.
  public init(parsing text: [UInt8]) throws(MtreeError) {
    var parser = MtreeParser()
    var failure: MtreeError?
    text.withUnsafeBytes { bytes in
      do throws(MtreeError) { try parser.read(bytes) } catch { failure = error }
    }
    if let failure { throw failure }
    self = try parser.finish()
  }
}
