/// A folder that is no image layout, or whose standard files cannot be used.
public enum LayoutError: Error, Sendable {
  /// There is nothing at the path.
  case notFound(path: String)
  /// Something is there that is no OCI image layout (image-spec v1.1.1, image-layout.md).
  case notALayout(path: String, reason: String)
  /// A layout with a history has lost a part without which it is none.
  case damaged(path: String, reason: String)
  /// `index.json` or `oci-layout` is no valid document, and has stayed so for a while.
  case tornFile(path: String, reason: String)
  /// A standard file is no file, or too large to be read.
  case invalidDocument(path: String, reason: String)
  /// `index.json` or a folder of blobs is a symbolic link, and the layout was to be changed.
  case linkedPart(path: String, target: String)
  /// There is something where a layout is to be created.
  case exists(path: String)
  /// A new layout is there, could not be synced, and could not be taken away again.
  case notDurable(path: String, SyscallError)
  /// A system call failed.
  case system(SyscallError)
}

extension LayoutError: DiagnosableError {
  /// What failed, in one line.
  public var description: String {
    switch self {
    case .notFound(let path): "no image layout at \(path)"
    case .notALayout(let path, _): "\(path) is not an OCI image layout"
    case .damaged(let path, _): "the layout \(path) is damaged"
    case .tornFile(let path, _): "\(path) is no whole document"
    case .invalidDocument(let path, _): "\(path) is not valid"
    case .linkedPart(let path, let target):
      "\(path) is a symbolic link to \(target), and nothing is written through it"
    case .exists(let path): "\(path) exists already"
    case .notDurable(let path, _): "the layout \(path) is visible but perhaps not durable"
    case .system(let error): error.description
    }
  }

  /// The category of the failure.
  public var category: FailureCategory {
    switch self {
    case .notFound: .notFound
    case .notALayout, .damaged, .tornFile, .invalidDocument: .invalidContent
    case .linkedPart: .unsupported
    case .exists: .exists
    case .notDurable: .inputOutput
    case .system(let error): error.category
    }
  }

  /// The reason, where it is not in the description.
  public var causes: [String] {
    switch self {
    case .notALayout(_, let reason), .damaged(_, let reason), .tornFile(_, let reason),
      .invalidDocument(_, let reason):
      [reason]
    case .notDurable(_, let error): [error.description]
    case .notFound, .linkedPart, .exists, .system: []
    }
  }

  /// What to do about it.
  public var remedy: Remedy? {
    switch self {
    case .notFound(let path) where path.hasSuffix(".tar"):
      "this is the path of a folder: copy the archive into a layout by"
        + " `skopeo copy \(ShellQuoting.quoted("oci-archive:" + path))"
        + " \(ShellQuoting.quoted("oci:" + path.dropLast(4)))`"
    case .notFound(let path):
      "create one with \(.initialise(layout: path))"
    case .notALayout(let path, _) where path.hasSuffix(".tar"):
      "copy the archive into a layout: `skopeo copy \(ShellQuoting.quoted("oci-archive:" + path))"
        + " \(ShellQuoting.quoted("oci:" + path.dropLast(4)))`"
    case .notALayout: "name the folder that has `oci-layout` in it with \(.nameLayout)"
    case .damaged(let path, _): "\(.recover(layout: path)) puts back what the history knows"
    case .tornFile(let path, _), .invalidDocument(let path, _):
      "\(.recover(layout: Self.folder(of: path))) puts back what the history knows;"
        + " without a history mend it by hand"
    case .linkedPart(let path, _):
      "such a layout can be read; to change it make a copy of it: `cp -rL LAYOUT COPY`"
        + (path.hasSuffix("/" + LayoutPaths.index)
          ? "; one with a history gets its file back by \(.recover(layout: Self.folder(of: path)))"
          : "")
    case .exists: "choose another path, or remove what is there"
    case .notDurable(let path, _): "check the disk, then use \(path) or remove it"
    case .system(let error): error.remedyInLayout
    }
  }

  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  }
}
