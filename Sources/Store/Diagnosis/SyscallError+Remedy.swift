internal import Glibc

extension SyscallError: DiagnosableError {
  /// Permission and existence have their own categories; everything else is input/output.
  public var category: FailureCategory {
    if isPermission { return .permission }
    if isAlreadyThere { return .exists }
    return isNotFound ? .notFound : .inputOutput
  }

  /// A failed call has no deeper cause.
  public var causes: [String] { [] }

  /// What the user can do about the error number, when there is something.
  public var remedy: Remedy? {
    switch code {
    case ENOSPC: "free space on that file system, then run the command again"
    case EDQUOT: "the disk quota is used up: free space or raise the quota, then run it again"
    case EROFS: "the file system is mounted read-only: reading commands still work"
    case EACCES, EPERM:
      "check the owner and mode of what is named there, or run as a user who may do that"
    case EFBIG: "the file would be larger than `ulimit -f` or the file system allows"
    case EMFILE, ENFILE: "too many files are open: raise `ulimit -n`"
    case EIO: "the disk reported an error: check it before you trust this layout"
    case ENOLCK: "the file system gave no lock: a network file system may need its lock daemon"
    default: nil
    }
  }
}

extension SyscallError {
  /// The same for a path that is known to be the layout's.
  package var remedyInLayout: Remedy? {
    guard code == EACCES || code == EPERM else { return remedy }
    return "check the owner and mode of the layout, or run as a user who may write it"
  }
}
