/// Writes an mtree file, step by step of a walk (umoci-behaviour §2.3).
///
/// The bytes are those of gomtree, but for the comment that names a directory, which is spelled
/// like a name: gomtree writes it as it is, so that a directory's name with a line break puts lines
/// of its own into the file.
package struct MtreeWriter {
  /// What has been written and not been taken yet.
  package private(set) var text: [UInt8]
  let keywords: [MtreeKeyword]
  private let names: OwnerNames
  private var defaults = MtreeDefaults.none
  private var owner: (userID: UInt32, groupID: UInt32)?

  /// Starts a file with its header.
  package init(
    header: MtreeHeader, keywords: [MtreeKeyword] = MtreeKeyword.bundle, names: OwnerNames = .none
  ) {
    text = header.text(keywords: keywords)
    self.keywords = keywords
    self.names = names
  }

  /// Writes one step of a walk.
  package mutating func write(_ step: ExtractedStep) {
    switch step {
    case .enter(let entry, let path): enter(MtreeFacts(entry), path: path)
    case .item(let entry): item(MtreeFacts(entry))
    case .leave: leave()
    }
  }

  /// Begins a directory; `path` is relative to the root, which is `.`.
  package mutating func enter(_ directory: MtreeFacts, path: [UInt8]) {
    text.append(contentsOf: "\n# ".utf8)
    MtreeName.encode(path, onto: &text)
    text.append(UInt8(ascii: "\n"))
    if owner.map({ $0 != (directory.userID, directory.groupID) }) ?? true {
      set(directory.userID, directory.groupID)
    }
    line(directory)
  }

  /// Writes an entry of the current directory that is not a directory.
  package mutating func item(_ file: MtreeFacts) {
    text.append(contentsOf: "    ".utf8)
    line(file)
  }

  /// Ends the current directory.
  package mutating func leave() { text.append(contentsOf: "..\n".utf8) }

  /// Takes what has been written since the last time.
  package mutating func take() -> [UInt8] {
    defer { text.removeAll(keepingCapacity: true) }
    return text
  }

  private mutating func set(_ userID: UInt32, _ groupID: UInt32) {
    owner = (userID, groupID)
    defaults = MtreeDefaults(userID: userID, groupID: groupID)
    text.append(contentsOf: "/set type=file nlink=1 mode=0664 uid=\(userID) gid=\(groupID)\n".utf8)
  }

  private mutating func line(_ facts: MtreeFacts) {
    MtreeName.encode(facts.name, onto: &text)
    text.append(UInt8(ascii: " "))
    facts.append(keywords, defaults: defaults, names: names, onto: &text)
    text.append(UInt8(ascii: "\n"))
  }
}
