/// Something in an archive that its readers do not all read alike.
///
/// We read it as Go's archive/tar does, and with it umoci, containerd and Docker.
enum TarDoubt: Equatable {
  /// There are two extended headers of one kind; some add them up.
  case doubledHeader
  /// A global header stands between an extended one and its entry; some forget the latter, Go too.
  case interruptedHeader
  /// A global header speaks of more than comments; some apply it to what follows.
  case globalHeader
  /// Something that can have no content claims a size; some pass over as many bytes.
  case sizeWithoutContent(Int64)
  /// A regular file has a name that ends with a slash; some make a folder of it.
  case fileNamedAsFolder
}

extension TarDoubt: CustomStringConvertible {
  /// The doubt in one line.
  var description: String {
    switch self {
    case .doubledHeader: "it has two extended headers of one kind"
    case .interruptedHeader: "a global header stands between its extended header and its own"
    case .globalHeader: "a global header before it says more than a comment"
    case .sizeWithoutContent(let size): "it can have no content and claims \(size) bytes"
    case .fileNamedAsFolder: "it is a file whose name ends with a slash"
    }
  }
}
