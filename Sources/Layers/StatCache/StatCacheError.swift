/// Why a stat cache is no use: nothing is wrong with the bundle then, its files only have to be read.
package enum StatCacheError: Error, Equatable, Sendable, CustomStringConvertible {
  /// There is none.
  case missing
  /// It is no file that could be read, or its bytes are not what they were.
  case damaged
  /// Another version of this program wrote it.
  case otherVersion
  /// It was made for another mtree file than the bundle's.
  case otherMtree
  /// It was made for files of another device: the bundle was copied, or mounted anew.
  case otherDevice

  /// The reason in a few words.
  package var description: String {
    switch self {
    case .missing: "the bundle has no stat cache"
    case .damaged: "the stat cache is damaged"
    case .otherVersion: "the stat cache is of another version"
    case .otherMtree: "the stat cache is for another mtree file"
    case .otherDevice: "the stat cache is for another device"
    }
  }
}
