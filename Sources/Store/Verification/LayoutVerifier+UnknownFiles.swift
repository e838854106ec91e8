/// Files that no specification and no tool that we know of puts into a layout, and blobs that
/// nothing refers to.
extension LayoutVerifier {
  /// Our own folder, which the journal looks after.
  private static let controlFolder = ".ocitx"

  /// Notes unknown names in the layout's folder and among the blobs.
  mutating func noteUnknownFiles() {
    let known = [
      LayoutPaths.marker, LayoutPaths.index, LayoutPaths.blobs, Self.controlFolder,
    ]
    noteUnknown(in: layout.root, below: "") { known.contains($0) }
    for algorithm in algorithms(noting: true) {
      guard let folder = try? layout.blobs.directory.openDirectory(algorithm) else {
        note(.unknownFile, "blobs/\(algorithm)", "not a folder")
        continue
      }
      noteUnknown(in: folder, below: "blobs/\(algorithm)/") { name in
        (try? Digest(parsing: "\(algorithm):\(name)")) != nil
      }
    }
  }

  /// Notes the blobs that the walk has not met.
  ///
  /// Memory does not grow with their number.
  mutating func noteUnreferencedBlobs() {
    for algorithm in algorithms(noting: false) {
      guard let folder = try? layout.blobs.directory.openDirectory(algorithm) else { continue }
      var found = result
      try? folder.forEachEntry { name in
        guard let digest = try? Digest(parsing: "\(algorithm):\(name)"),
          contents[digest] == nil, let status = try? folder.status(of: name)
        else { return }
        found.unreferenced.count += 1
        found.unreferenced.bytes += status.size
        found.findings.add(
          LayoutFinding(
            .blobUnreferenced, digest.description,
            "\(status.size) bytes that no entry of index.json reaches"))
      }
      result = found
    }
  }

  /// The folders of blobs; names that are no algorithms are noted if that is wanted.
  private mutating func algorithms(noting: Bool) -> [String] {
    var algorithms: [String] = []
    let isAlgorithm = { (name: String) in
      name == "sha256" || name == "sha512" || (try? Digest(parsing: "\(name):0123")) != nil
    }
    try? layout.blobs.directory.forEachEntry { name in
      if isAlgorithm(name) { algorithms.append(name) }
    }
    if noting { noteUnknown(in: layout.blobs.directory, below: "blobs/", unless: isAlgorithm) }
    return algorithms.sorted()
  }

  private mutating func noteUnknown(
    in folder: OpenDirectory, below prefix: String, unless isKnown: (String) -> Bool
  ) {
    var unknown: [String] = []
    do throws(SyscallError) {
      try folder.forEachEntry { name in
        if unknown.count <= FindingList.limit, !isKnown(name) { unknown.append(name) }
      }
    } catch {
      note(.unknownFile, prefix, error.description)
    }
    for name in unknown {
      note(.unknownFile, prefix + name, "no known tool makes a file of this name")
    }
  }
}
