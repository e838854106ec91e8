package import Store

/// What an mtree can say of one file: its status, its link's target, its digests.
package struct MtreeFacts {
  /// The last component of the path; `.` for the root.
  package var name: [UInt8]
  /// The kind of file.
  package var kind: FileStatus.Kind
  /// The twelve permission bits.
  package var permissions: UInt32
  /// The owner's user id on this host.
  package var userID: UInt32
  /// The owner's group id on this host.
  package var groupID: UInt32
  /// `st_size` in bytes, for every kind.
  package var size: Int64
  /// The number of hard links.
  package var linkCount: UInt64
  /// The modification time.
  package var modificationTime: FileTime
  /// The target of a symbolic link.
  package var linkTarget: [UInt8]?
  /// The extended attributes of a regular file or a directory.
  package var attributes: [ExtendedAttribute] = []
  /// The SHA-256 of a regular file that has just been extracted.
  var contentHash: ContentHash?
  /// The texts of the digests that were read, for a regular file.
  package var digests: [MtreeKeyword: [UInt8]] = [:]

  /// The facts that a status gives.
  package init(name: [UInt8], status: FileStatus) {
    self.name = name
    kind = status.kind
    permissions = status.permissions
    userID = status.userID
    groupID = status.groupID
    size = status.size
    linkCount = status.linkCount
    modificationTime = status.modificationTime
  }

  /// The facts of an extracted file.
  package init(_ entry: ExtractedEntry) {
    name = entry.name
    kind = entry.kind
    permissions = entry.permissions
    userID = entry.userID
    groupID = entry.groupID
    size = entry.size
    linkCount = entry.linkCount
    modificationTime = FileTime(seconds: entry.modificationSeconds, nanoseconds: 0)
    linkTarget = entry.linkTarget
    attributes = entry.attributes
    contentHash = entry.contentHash
  }
}

extension MtreeFacts {
  /// Appends the values of some keywords, parted by blanks.
  ///
  /// - Parameters:
  ///   - keywords: What to say, in this order.
  ///   - defaults: What a `/set` line says already, left out where it is the same.
  ///   - names: The names of owners, for `uname` and `gname`.
  ///   - text: What to append to.
  package func append(
    _ keywords: [MtreeKeyword], defaults: MtreeDefaults, names: OwnerNames,
    onto text: inout [UInt8]
  ) {
    var isFirst = true
    for keyword in keywords {
      let start = text.count
      if !isFirst { text.append(UInt8(ascii: " ")) }
      let word = text.count
      if keyword == .xattr {
        appendAttributes(onto: &text)
      } else if !append(keyword, names, onto: &text) || defaults.has(keyword, text, from: word) {
        text.removeSubrange(word...)
      }
      if text.count == word { text.removeSubrange(start...) } else { isFirst = false }
    }
  }

  /// Appends `KEYWORD=VALUE`.
  ///
  /// - Returns: False when the file has no such value; what was appended means nothing then.
  private func append(
    _ keyword: MtreeKeyword, _ names: OwnerNames, onto text: inout [UInt8]
  ) -> Bool {
    text.append(contentsOf: keyword.rawValue.utf8)
    text.append(UInt8(ascii: "="))
    switch keyword {
    case .size: text.append(decimal: size)
    case .type: text.append(contentsOf: typeName.utf8)
    case .uid: text.append(decimal: Int64(userID))
    case .gid: text.append(decimal: Int64(groupID))
    case .mode: text.append(mode: permissions)
    case .nlink: text.append(decimal: Int64(clamping: linkCount))
    case .tarTime: text.append(time: FileTime(seconds: modificationTime.seconds, nanoseconds: 0))
    case .time: text.append(time: modificationTime)
    case .link: return append(encoding: linkTarget, onto: &text)
    case .uname: return append(encoding: names.users[userID].map { Array($0) }, onto: &text)
    case .gname: return append(encoding: names.groups[groupID].map { Array($0) }, onto: &text)
    case .flags, .xattr: return false
    case .sha256, .cksum, .md5, .sha1, .sha384, .sha512, .ripemd160:
      return append(digest: keyword, onto: &text)
    }
    return true
  }

  private func append(digest keyword: MtreeKeyword, onto text: inout [UInt8]) -> Bool {
    guard kind == .regular else { return false }
    if keyword == .sha256, let contentHash {
      contentHash.withBytes { text.append(hexadecimal: $0) }
      return true
    }
    guard let digest = digests[keyword] else { return false }
    text.append(contentsOf: digest)
    return true
  }

  private func append(encoding value: [UInt8]?, onto text: inout [UInt8]) -> Bool {
    guard let value else { return false }
    MtreeName.encode(value, onto: &text)
    return true
  }

  private func appendAttributes(onto text: inout [UInt8]) {
    guard kind == .regular || kind == .directory else { return }
    for (index, attribute) in attributes.enumerated() where !attribute.isUnlisted {
      if index > 0 { text.append(UInt8(ascii: " ")) }
      text.append(contentsOf: "xattr.".utf8)
      MtreeName.encode(attribute.name, onto: &text)
      text.append(UInt8(ascii: "="))
      text.append(base64: attribute.value)
    }
  }

  private var typeName: String {
    switch kind {
    case .regular, .unknown: "file"
    case .directory: "dir"
    case .symbolicLink: "link"
    case .characterDevice: "char"
    case .blockDevice: "block"
    case .fifo: "fifo"
    case .socket: "socket"
    }
  }
}

/// What a `/set` line says of the entries after it.
package struct MtreeDefaults: Equatable {
  private struct Word: Equatable {
    let keyword: MtreeKeyword
    /// `KEYWORD=VALUE`.
    let text: [UInt8]
  }

  /// The line's words, of keywords that every file has, each once; there are so few that looking at
  /// all is quickest.
  private let words: [Word]

  /// No defaults.
  package static let none = MtreeDefaults(words: [:])

  private init(words: [MtreeKeyword: [UInt8]]) {
    self.words = words.map { Word(keyword: $0, text: $1) }.sorted {
      $0.keyword.rawValue < $1.keyword.rawValue
    }
  }

  /// The defaults that umoci writes for a directory and what comes after it.
  package init(userID: UInt32, groupID: UInt32) {
    self.init(words: [
      .type: Array("type=file".utf8), .nlink: Array("nlink=1".utf8),
      .mode: Array("mode=0664".utf8), .uid: Array("uid=\(userID)".utf8),
      .gid: Array("gid=\(groupID)".utf8),
    ])
  }

  /// The defaults that a line says.
  ///
  /// - Returns: Nil when it speaks of something that not every file has, or twice of something.
  package init?(values: ArraySlice<UInt8>) {
    let universal: Set<MtreeKeyword> = [.type, .nlink, .mode, .uid, .gid, .size]
    var found: [MtreeKeyword: [UInt8]] = [:]
    var words = MtreeWords(values)
    while let value = words.nextValue() {
      let name = String(decoding: value.keyword, as: UTF8.self)
      guard let keyword = MtreeKeyword(rawValue: name), universal.contains(keyword) else {
        return nil
      }
      let word = Array(value.keyword) + [UInt8(ascii: "=")] + Array(value.value)
      guard found.updateValue(word, forKey: keyword) == nil else { return nil }
    }
    self.init(words: found)
  }

  /// The keywords that have a default.
  package var keywords: some Collection<MtreeKeyword> { words.lazy.map(\.keyword) }

  /// Whether the default of a keyword is the word that a text ends with.
  func has(_ keyword: MtreeKeyword, _ text: [UInt8], from start: Int) -> Bool {
    for index in words.indices where words[index].keyword == keyword {
      return text.withUnsafeBytes {
        UnsafeRawBufferPointer(rebasing: $0[start...]).isSame(as: words[index].text)
      }
    }
    return false
  }
}

/// The names that user and group ids have on this host.
package struct OwnerNames: Sendable {
  /// Names by user id.
  package var users: [UInt32: [UInt8]]
  /// Names by group id.
  package var groups: [UInt32: [UInt8]]

  /// No names at all.
  package static let none = OwnerNames(users: [:], groups: [:])

  /// Takes the names.
  package init(users: [UInt32: [UInt8]], groups: [UInt32: [UInt8]]) {
    self.users = users
    self.groups = groups
  }
}
