internal import Store

/// An inode that was `index.json` until one of our operations swapped it out.
///
/// A tool that opened it before the swap may still write into it: its name says what it was like,
/// `<sequence>-<digest prefix>-<size>-<mtime seconds>.<nanoseconds>`, so that a later change shows.
/// Instead of the size stands `unmerged` while its content still has to be merged.
struct ReplacedIndex: Equatable, Sendable {
  /// How many are kept, however old.
  static let keptAtLeast = 8
  /// How many are kept at most.
  static let keptAtMost = 512
  /// How long the rest is kept, in seconds: no tool takes longer from opening to writing.
  static let keptSeconds: Int64 = 60

  private static let unmerged = "unmerged"

  /// The operation that replaced it.
  let sequence: Int64
  /// The first digits of the digest that it had.
  let digestPrefix: String
  /// The size in bytes that it had; nil while it is unmerged.
  let size: Int64?
  /// When it had last been written.
  let time: FileTime

  /// Describes a file as it is now.
  init(sequence: Int64, digest: Digest, status: FileStatus, isUnmerged: Bool = false) {
    self.sequence = sequence
    digestPrefix = String(digest.encoded.prefix(16))
    size = isUnmerged ? nil : status.size
    time = status.modificationTime
  }

  /// Reads a name; nil when it is none of ours.
  init?(name: String) {
    // A time before 1970 has a sign of its own.
    let parts = name.split(separator: "-", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 4, let sequence = Int64(parts[0]) else { return nil }
    let size = parts[2] == Self.unmerged ? nil : Int64(parts[2])
    guard size != nil || parts[2] == Self.unmerged else { return nil }
    let time = parts[3].split(separator: ".")
    guard time.count == 2, let seconds = Int64(time[0]), let nanoseconds = Int64(time[1]) else {
      return nil
    }
    self.sequence = sequence
    digestPrefix = String(parts[1])
    self.size = size
    self.time = FileTime(seconds: seconds, nanoseconds: nanoseconds)
  }

  /// The name.
  var name: String {
    let digits = String(sequence)
    let padded = String(repeating: "0", count: max(0, 12 - digits.count)) + digits
    let length = size.map(String.init) ?? Self.unmerged
    return "\(padded)-\(digestPrefix)-\(length)-\(time.seconds).\(time.nanoseconds)"
  }

  /// Whether its content was merged and has not changed since, whatever its times say.
  func hasSameContent(as later: ReplacedIndex) -> Bool {
    size != nil && size == later.size && digestPrefix == later.digestPrefix
  }

  /// Whether the file may hold something that is not merged: it never was, or was written to since.
  func isChanged(_ status: FileStatus) -> Bool {
    status.size != size || status.modificationTime != time
  }
}
