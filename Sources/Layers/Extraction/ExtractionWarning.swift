/// Something that could not be extracted as the layer has it, and that is no error.
public enum ExtractionWarning: Hashable, Sendable {
  /// A device node became an empty regular file, since this process may make none.
  case deviceReplaced(entry: [UInt8])
  /// An attribute that is never set, for example an SELinux label.
  case forbiddenAttribute(name: [UInt8])
  /// An attribute that this process may not set, for example a file capability.
  case attributeNotPermitted(name: [UInt8])
  /// An attribute in the namespace `user` of something that is neither a file nor a folder.
  case attributeNotPossible(name: [UInt8])
  /// The file system has no such extended attributes; said once for each layer.
  case attributesNotSupported
  /// An access control list as text that cannot be read, or names somebody without a number.
  case unreadableAccessList(entry: [UInt8])
  /// A layer is compressed otherwise than its media type says, and was read all the same.
  case layerMistyped(layer: Int, says: CompressionAlgorithm, is: CompressionAlgorithm)
  /// The layer itself holds `user.rootlesscontainers`.
  case foreignRootlessOwner(entry: [UInt8])
}

extension ExtractionWarning: CustomStringConvertible {
  /// The warning in one line.
  public var description: String {
    switch self {
    case .deviceReplaced(let entry):
      "\(printable(entry)): made an empty file instead of a device node"
    case .forbiddenAttribute(let name): "attribute \(printable(name)) is not set"
    case .attributeNotPermitted(let name):
      "attribute \(printable(name)) is not set: this user may not"
    case .attributeNotPossible(let name):
      "attribute \(printable(name)) is not set: only files and folders can have it"
    case .attributesNotSupported: "the file system does not support extended attributes"
    case .unreadableAccessList(let entry):
      "\(printable(entry)): its access control list cannot be read and is not set"
    case .layerMistyped(let layer, let said, let actual):
      "layer \(layer): its media type says compression \(said), and it is \(actual)"
    case .foreignRootlessOwner(let entry):
      "\(printable(entry)): the layer itself has user.rootlesscontainers"
    }
  }
}
