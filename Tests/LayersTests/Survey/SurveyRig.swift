import Glibc
import Layers
import Store

/// A bundle of files that a test has put together, recorded as `repack --refresh-bundle` does.
final class SurveyRig {
  let folder: TemporaryFolder
  let isRootless: Bool

  init(isRootless: Bool = false) throws {
    folder = try TemporaryFolder()
    self.isRootless = isRootless
    try run("mkdir", folder("rootfs"))
  }

  var rootfs: String { folder("rootfs") }

  /// Runs a shell script in the tree.
  func change(_ script: String) throws { try run("sh", "-c", "cd \(rootfs) && \(script)") }

  /// Writes the mtree file and the stat cache of the tree as it is.
  func record() throws {
    let bundle = try OpenDirectory.open(folder.path)
    try run("sh", "-c", "cd \(folder.path) && rm -f mtree \(StatCacheReader.fileName)")
    let recorder = try BundleRecorder(
      mtree: BundleFile(creating: "mtree", in: bundle, "bundle.write-mtree"),
      cache: BundleFile(
        creating: StatCacheReader.fileName, in: bundle, "bundle.write-stat-cache"),
      header: MtreeHeader(), rootfs: OpenDirectory.open(rootfs).status())
    _ = try RootfsSurvey(rootfs: rootfs, isRootless: isRootless).changes(
      from: MtreeFile(), recording: recorder)
    try recorder.finish()
  }

  func mtree() throws -> MtreeFile { try MtreeFile(at: folder("mtree")) }

  /// What reading every file finds.
  func changesByReading() throws -> [String] {
    try lines(
      RootfsSurvey(rootfs: rootfs, isRootless: isRootless).changes(from: mtree()))
  }

  /// What the stat cache finds.
  func changesByCache() throws -> [String] {
    let hash = try [UInt8](hexadecimal: run("sha256sum", folder("mtree")).prefix(64))
    let cache = try StatCacheReader(
      bundle: OpenDirectory.open(folder.path), mtree: hash,
      rootfs: OpenDirectory.open(rootfs).status())
    return try lines(
      RootfsSurvey(rootfs: rootfs, isRootless: isRootless).changes(from: cache))
  }

  private func lines(_ changes: [RootfsChange]) -> [String] {
    RootfsChange.needed(of: changes, masks: .none).map { change in
      "\(change.kind.rawValue.first ?? "?") \(String(decoding: change.path, as: UTF8.self))"
    }
  }
}

extension [UInt8] {
  init(hexadecimal text: some StringProtocol) {
    let digits = text.compactMap(\.hexDigitValue)
    self = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}
