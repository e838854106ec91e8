internal import Glibc

/// A system call that failed: which one, on what, and why.
///
/// Thrown by everything in this folder and by nothing that interprets file content.
public struct SyscallError: Error, Equatable, Sendable {
  /// The call's name as its manual page has it, for example `renameat2`.
  public let call: String
  /// The path the call was about, as the user would recognise it.
  public let path: String
  /// The error number, errno(3).
  public let code: Int32

  /// Makes the error of one failed call.
  public init(call: String, path: String, code: Int32) {
    self.call = call
    self.path = path
    self.code = code
  }

  /// The error of the call that has just failed in this thread.
  package static func last(_ call: String, _ path: String) -> SyscallError {
    SyscallError(call: call, path: path, code: errno)
  }

  /// Whether the call failed because its path does not exist (`ENOENT`, `ENOTDIR`).
  public var isNotFound: Bool { code == ENOENT || code == ENOTDIR }

  /// Whether the call failed because something on the path is no folder.
  public var isNotADirectory: Bool { code == ENOTDIR }

  /// Whether the call failed because it would have had to follow a symbolic link.
  public var isLinkLoop: Bool { code == ELOOP }

  /// Whether the call failed because a socket or a device without driver cannot be opened.
  public var isSpecialFile: Bool { code == ENXIO || code == ENODEV }

  /// Whether the call failed because the file system does not know how to do it.
  public var isUnsupported: Bool {
    code == EINVAL || code == EOPNOTSUPP || code == ENOSYS || code == ENOTTY
  }

  /// Whether a hard link cannot be made here, though its source exists: another owner's file
  /// (`fs.protected_hardlinks`), too many links, another file system, or one without links.
  public var isLinkRefused: Bool {
    code == EPERM || code == EMLINK || code == EXDEV || code == EOPNOTSUPP || code == EACCES
  }

  /// Whether the call failed because its path exists already.
  public var isAlreadyThere: Bool { code == EEXIST }

  /// Whether the call failed because a folder has the name that a file is to get.
  public var isFolderInTheWay: Bool { code == EISDIR }

  /// Whether the call failed because a folder is not empty.
  public var isNotEmpty: Bool { code == ENOTEMPTY || code == EEXIST }

  /// Whether the call failed for want of permission, or because the file system is read-only.
  public var isPermission: Bool { code == EACCES || code == EPERM || code == EROFS }

  /// Whether the call failed for want of something that processes share, open files or memory: it tells
  /// nothing about its path.
  package var isAboutResources: Bool { code == EMFILE || code == ENFILE || code == ENOMEM }

  /// Whether the call failed because no space or quota is left.
  public var isOutOfSpace: Bool { code == ENOSPC || code == EDQUOT }
}

extension SyscallError: CustomStringConvertible {
  /// The failure in one line, without advice.
  public var description: String { "\(call) \(path): \(Self.explanation(code))" }

  /// The text of the error number alone.
  public var explanation: String { Self.explanation(code) }

  /// The text of an error number, strerror(3), without using its shared buffer.
  static func explanation(_ code: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
    return buffer.withUnsafeBufferPointer { text in
      String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }
}

extension SyscallError {
  /// `ENOENT`.
  package static let noEntry = ENOENT
}
