package import Store

/// Compares the root file system of a bundle with what the bundle says of it, in the cheapest way that
/// is right.
package struct BundleSurvey {
  /// What was found.
  package struct Findings {
    /// All changes, in no particular order.
    package let changes: [RootfsChange]
    /// Why every file was read; nil when the stat cache was enough.
    package let reason: String?
  }

  private let bundle: OpenDirectory
  private let metadata: BundleMetadata
  private let path: String
  private let check: (Int) throws -> Void

  /// Prepares a survey of a bundle.
  ///
  /// A root file system that is a symbolic link is none: it could lead anywhere.
  ///
  /// - Parameter check: Told all the time how many files were looked at; what it throws ends the work.
  /// - Throws: ``BundleError/incomplete(path:)``; ``SyscallError``.
  package init(
    _ bundle: OpenDirectory, _ metadata: BundleMetadata,
    check: @escaping (Int) throws -> Void = { _ in }
  ) throws {
    self.bundle = bundle
    self.metadata = metadata
    self.check = check
    path = bundle.path(of: RuntimeBundle.rootfsName)
    let parts: [(String, FileStatus.Kind)] = [
      (RuntimeBundle.rootfsName, .directory), (metadata.mtreeFileName, .regular),
    ]
    for (name, kind) in parts where try bundle.status(of: name)?.kind != kind {
      throw BundleError.incomplete(path: bundle.path(of: name))
    }
  }

  /// Looks at every file.
  ///
  /// - Parameters:
  ///   - isFull: Whether every file is read, whatever the stat cache says.
  ///   - stage: Where a record of the tree goes, for a bundle that is refreshed.
  ///   - header: The comments at the head of the new mtree file.
  /// - Throws: ``MtreeFileError``, ``WalkError``, ``SyscallError``.
  package func run(
    isFull: Bool, recordingTo stage: RefreshStage? = nil, header: MtreeHeader = MtreeHeader()
  ) throws -> Findings {
    let root = try OpenDirectory.open(path).status()
    var reason = "it was asked for"
    do {
      if !isFull {
        let cache = try StatCacheReader(bundle: bundle, mtree: mtreeDigest(), rootfs: root)
        return Findings(
          changes: try record(to: stage, header, root) {
            try survey.changes(from: cache, recording: $0)
          },
          reason: nil)
      }
    } catch let error as StatCacheError {
      reason = "\(error)"
      try stage?.discardRecord()
    }
    let mtree = try readMtree()
    return Findings(
      changes: try record(to: stage, header, root) {
        try survey.changes(from: mtree, recording: $0)
      },
      reason: reason)
  }

  private var survey: RootfsSurvey {
    RootfsSurvey(rootfs: path, isRootless: metadata.mapping.isRootless, check: check)
  }

  private func record(
    to stage: RefreshStage?, _ header: MtreeHeader, _ root: FileStatus,
    _ body: (BundleRecorder?) throws -> [RootfsChange]
  ) throws -> [RootfsChange] {
    let recorder = try stage?.makeRecorder(header: header, rootfs: root)
    let changes = try body(recorder)
    try recorder?.finish()
    return changes
  }

  private func readMtree() throws -> MtreeFile {
    let file = try openMtree()
    return try MtreeFile(file: file, named: file.path)
  }

  private func openMtree() throws -> OpenFile {
    let file = try bundle.openFile(metadata.mtreeFileName)
    // It was one when the survey began.
    guard try file.status().kind == .regular else {
      throw BundleError.incomplete(path: file.path)
    }
    return file
  }

  /// The SHA-256 of the bundle's mtree file.
  private func mtreeDigest() throws -> [UInt8] {
    let file = try openMtree()
    var hasher = StreamHasher()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = try file.read(into: buffer)
      if count == 0 { return hasher.finish() }
      hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }
}
