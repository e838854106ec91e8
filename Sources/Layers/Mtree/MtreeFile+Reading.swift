public import Store

extension MtreeFile {
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

  /// Reads the mtree file at a path, following symbolic links.
  ///
  /// - Throws: ``MtreeFileError``, ``SyscallError``.
  public init(at path: String) throws {
    let split = SplitPath(path)
    try self.init(
      file: OpenDirectory.open(split.parent).openFile(split.name, followingLinks: true),
      named: path)
  }

  /// Reads an mtree file that is open.
  ///
  /// - Throws: ``MtreeFileError``, ``SyscallError``.
  package init(file: borrowing OpenFile, named path: String) throws {
    guard try file.status().kind != .directory else {
      throw MtreeFileError(path: path, defect: nil)
    }
    do {
      try self.init(reading: file)
    } catch let error as MtreeError {
      throw MtreeFileError(path: path, defect: error)
    }
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

/// An mtree file that cannot be used.
public struct MtreeFileError: DiagnosableError, Equatable {
  /// The file.
  public let path: String
  /// What is wrong with it; nil when it is a folder.
  public let defect: MtreeError?

  /// What failed, in one line.
  public var description: String { "\(printable(path)) is no mtree file" }
  /// The category of the defect.
  public var category: FailureCategory { defect?.category ?? .invalidContent }
  /// What is wrong.
  public var causes: [String] { [defect?.description ?? "it is a folder"] }
  /// What the user can do about it.
  public var remedy: Remedy? { defect?.remedy ?? "name the file itself" }
}
