import Glibc
import Mutations
import Store
import TestSupport

@testable import Journal

/// A tool that has opened index.json and writes it in place much later.
final class LateWriter {
  private let file: Int32

  init(_ path: String) throws {
    file = Glibc.open(path, O_WRONLY)
    guard file >= 0 else { throw TestFailure("open: \(errno)") }
  }

  func write(_ bytes: [UInt8]) throws {
    guard ftruncate(file, 0) == 0, pwrite(file, bytes, bytes.count, 0) == bytes.count else {
      throw TestFailure("write: \(errno)")
    }
  }

  deinit { close(file) }
}

extension TestLayout {
  func set(_ policy: ForeignPolicy) throws {
    try set(.foreign, to: policy.rawValue)
  }

  @discardableResult
  func set(_ setting: LayoutSetting, to value: String?) throws -> OperationRecord? {
    try run(ChangeSetting(setting, to: value))
  }

  /// Marks every replaced index as not merged yet.
  func forgetMergeOfReplaced() throws {
    let folder = path + "/.ocitx/displaced/"
    for name in try names(in: ".ocitx/displaced") {
      guard let file = ReplacedIndex(name: name) else { continue }
      let parts = name.split(separator: "-")
      let unmerged = "\(parts[0])-\(parts[1])-unmerged-\(parts[3])"
      guard file.size != nil else { continue }
      guard Glibc.rename(folder + name, folder + unmerged) == 0 else {
        throw TestFailure("rename: \(errno)")
      }
    }
  }
}
