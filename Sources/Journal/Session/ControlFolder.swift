internal import Store

/// Our folder in a layout, `.ocitx/`, opened.
///
/// docs/on-disk-format.md describes what is in it.
final class ControlFolder: Sendable {
  /// Not `.umoci-*`, which umoci's gc deletes, and not below `blobs/`, where other gcs look.
  static let name = ".ocitx"

  /// The names inside the folder.
  enum Names {
    static let format = "format"
    static let lock = "lock"
    static let records = "ops"
    static let live = "live"
    static let stage = "stage"
    static let keep = "keep"
    static let displaced = "displaced"
    static let trash = "trash"
    static let folders = [records, live, stage, keep, displaced, trash]
  }

  let directory: OpenDirectory
  let records: OpenDirectory
  let live: OpenDirectory
  let stage: OpenDirectory
  let keep: OpenDirectory
  let displaced: OpenDirectory
  let trash: OpenDirectory
  let format: StoreFormat
  /// Whether the file is gone, and ``format`` is what the database or the records know of it.
  let isFormatMissing: Bool
  let policy: CreationPolicy

  /// Opens a folder whose making was finished, and in which nothing is in the place of another.
  ///
  /// - Parameter missingFormat: What the file `format` said that somebody has removed; nil when it is there.
  /// - Throws: ``JournalError/newerFormat(path:found:supported:)`` and system errors.
  init(
    opening directory: OpenDirectory, policy: CreationPolicy, missingFormat: StoreFormat?
  ) throws(JournalError) {
    self.directory = directory
    self.policy = policy
    if let missingFormat {
      format = missingFormat
    } else {
      format = try Self.readFormat(in: directory)
    }
    isFormatMissing = missingFormat != nil
    do throws(SyscallError) {
      records = try Self.part(Names.records, of: directory)
      live = try Self.part(Names.live, of: directory)
      stage = try Self.part(Names.stage, of: directory)
      keep = try Self.part(Names.keep, of: directory)
      displaced = try Self.part(Names.displaced, of: directory)
      trash = try Self.part(Names.trash, of: directory)
    } catch {
      throw .system(error)
    }
  }

  /// The folders in it that are not there, sorted.
  ///
  /// Archives, object stores and version control lose empty ones. Writers make them again.
  var missingFolders: [String] {
    [records, live, stage, keep, displaced, trash].filter(\.isAbsent)
      .map { String($0.path.split(separator: "/").last ?? "") }.sorted()
  }

  private static func part(
    _ name: String, of directory: OpenDirectory
  ) throws(SyscallError) -> OpenDirectory {
    do throws(SyscallError) { return try directory.openDirectory(name) } catch {
      guard error.isNotFound, try directory.status(of: name) == nil else { throw error }
      return .absent(directory.path(of: name))
    }
  }

  static func readFormat(in directory: OpenDirectory) throws(JournalError) -> StoreFormat {
    let path = directory.path(of: Names.format)
    try directory.expect(.regular, at: Names.format)
    let bytes: [UInt8]
    do throws(SyscallError) {
      bytes = try directory.openFile(Names.format).readToEnd(limit: 4096) ?? []
    } catch {
      throw .system(error)
    }
    guard let format = StoreFormat(parsing: bytes) else {
      throw .brokenRecord(path, reason: "it is not a line that umoci-tx wrote")
    }
    guard format.version <= StoreFormat.currentVersion else {
      throw .newerFormat(
        path: directory.path, found: format.version, supported: StoreFormat.currentVersion)
    }
    return format
  }
}

extension OpenDirectory {
  /// Refuses what is neither absent nor of the kind that the journal puts there: opening it may block, or do
  /// something.
  ///
  /// - Throws: ``JournalError/strangeFile(path:found:expected:)`` and system errors.
  func expect(_ kind: FileStatus.Kind, at name: String) throws(JournalError) {
    let status: FileStatus?
    do throws(SyscallError) { status = try self.status(of: name) } catch { throw .system(error) }
    guard let status, status.kind != kind else { return }
    throw .strangeFile(path: path(of: name), found: status.kind.words, expected: kind.words)
  }
}

extension ControlFolder {
  /// Runs file-system calls, giving their errors as the journal's.
  func system<Result: ~Copyable>(
    _ body: () throws(SyscallError) -> Result
  ) throws(JournalError) -> Result {
    do throws(SyscallError) { return try body() } catch { throw .system(error) }
  }
}
