/// Why an entry of a layer was refused.
public enum EntryError: Error, Equatable, Sendable {
  /// An entry for the root would make it something other than a directory (CVE-2021-29136).
  case rootTypeChange
  /// A whiteout names nothing, or the directory itself, or its parent.
  case invalidWhiteout
  /// The name lies below that of a whiteout, where nothing can be.
  case belowWhiteout
  /// There are more than 255 symbolic links on the way to the entry, or the way is endless.
  case tooManyLinks
  /// The target of a hard link does not exist; `target` is its name as stored.
  case missingLinkTarget(target: [UInt8])
  /// The target of a hard link is a directory.
  case linkToDirectory(target: [UInt8])
  /// The kernel does not take the value of an extended attribute.
  case attributeRefused(name: [UInt8], reason: String)
  /// The owner or the group has no id here.
  case owner(IDMappingError)
  /// The entry demands more than is allowed.
  case limit(ExtractionLimits.Violation)
}

extension EntryError: CustomStringConvertible {
  /// The refusal in one line.
  public var description: String {
    switch self {
    case .rootTypeChange:
      "malicious tar entry -- refusing to change type of root directory"
    case .invalidWhiteout: "invalid whiteout: it must name an entry of its own directory"
    case .belowWhiteout: "it lies below a whiteout, where nothing can be"
    case .tooManyLinks: "too many levels of symbolic links on the way to it"
    case .missingLinkTarget(let target):
      "the target of the hard link does not exist: \(printable(target))"
    case .linkToDirectory(let target):
      "the target of the hard link is a directory: \(printable(target))"
    case .attributeRefused(let name, let reason):
      "the kernel does not take the extended attribute \(printable(name)): \(reason)"
    case .owner(let error): error.description
    case .limit(let violation): violation.description
    }
  }
}

/// An untrusted name for a message: quoted and bounded.
///
/// It is not escaped here: whoever shows a message escapes all of it, once.
func printable(_ name: [UInt8]) -> String {
  let text = String(decoding: name.prefix(512), as: UTF8.self)
  return name.count > 512 ? "\"\(text)...\"" : "\"\(text)\""
}
