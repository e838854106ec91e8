/// A record that is no record.
enum RecordError: Error, CustomStringConvertible {
  /// A member is missing or has the wrong type.
  case malformed(String)
  /// It was written by a newer version.
  case unknownVersion(Int64)

  var description: String {
    switch self {
    case .malformed(let what): "malformed \(what)"
    case .unknownVersion(let version): "record version \(version) is not known"
    }
  }
}
