/// Files that no specification and no tool that we know of puts into a layout.
extension LayoutVerifier {
  /// Our own folder, which the journal looks after.
  private static let controlFolder = ".ocitx"

  /// Notes unknown names in the layout's folder and among the blobs.
  mutating func noteUnknownFiles() {
    let known = [
      LayoutPaths.marker, LayoutPaths.index, LayoutPaths.blobs, Self.controlFolder,
    ]
    noteUnknown(in: layout.root, below: "") { known.contains($0) }
    var algorithms: [String] = []
    noteUnknown(in: layout.blobs.directory, below: "blobs/") { name in
      guard (try? Digest(parsing: "\(name):0123")) != nil || Self.isRegistered(name) else {
        return false
      }
      algorithms.append(name)
      return true
    }
    for algorithm in algorithms {
      guard let folder = try? layout.blobs.directory.openDirectory(algorithm) else {
        note(.unknownFile, "blobs/\(algorithm)", "not a folder")
        continue
      }
      noteUnknown(in: folder, below: "blobs/\(algorithm)/") { name in
        (try? Digest(parsing: "\(algorithm):\(name)")) != nil
      }
    }
  }

  private static func isRegistered(_ name: String) -> Bool { name == "sha256" || name == "sha512" }

  private mutating func noteUnknown(
    in folder: OpenDirectory, below prefix: String, unless isKnown: (String) -> Bool
  ) {
    var unknown: [String] = []
    do throws(SyscallError) {
      try folder.forEachEntry { name in
        if unknown.count <= Self.maximumFindings, !isKnown(name) { unknown.append(name) }
      }
    } catch {
      note(.unknownFile, prefix, error.description)
    }
    for name in unknown { note(.unknownFile, prefix + name, "nobody knows what this is") }
  }
}
