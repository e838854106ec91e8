/// What can be said of a file in an mtree file.
public enum MtreeKeyword: String, CaseIterable, Sendable {
  case size
  case type
  case uid
  case gid
  case mode
  case link
  case nlink
  case time
  case tarTime = "tar_time"
  case sha256 = "sha256digest"
  case xattr
  case flags
  case uname
  case gname
  case cksum
  case md5 = "md5digest"
  case sha1 = "sha1digest"
  case sha384 = "sha384digest"
  case sha512 = "sha512digest"
  case ripemd160 = "ripemd160digest"

  /// What a bundle's mtree file says of each file, in this order (umoci-behaviour §2.3).
  public static let bundle: [MtreeKeyword] = [
    .size, .type, .uid, .gid, .mode, .link, .nlink, .tarTime, .sha256, .xattr,
  ]

  /// Reads a keyword or one of its synonyms, `md5` for `md5digest` for example.
  public init?(parsing name: String) {
    let synonym = Self.synonyms[name] ?? name
    guard let keyword = MtreeKeyword(rawValue: synonym) else { return nil }
    self = keyword
  }

  private static let synonyms = [
    "md5": "md5digest", "rmd160": "ripemd160digest", "rmd160digest": "ripemd160digest",
    "sha1": "sha1digest", "sha256": "sha256digest", "sha384": "sha384digest",
    "sha512": "sha512digest", "xattrs": "xattr",
  ]

  /// Whether the value depends on every byte of a file.
  package var isContentDigest: Bool {
    switch self {
    case .sha256, .cksum, .md5, .sha1, .sha384, .sha512, .ripemd160: true
    default: false
    }
  }
}

extension MtreeKeyword {
  /// Reads a list as options have it: keywords parted by commas or blanks.
  ///
  /// - Throws: ``MtreeError/unknownKeyword(_:)`` for the first one that is none.
  public static func list(parsing text: String) throws(MtreeError) -> [MtreeKeyword] {
    var keywords: [MtreeKeyword] = []
    for name in text.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
      guard let keyword = MtreeKeyword(parsing: String(name)) else {
        throw .unknownKeyword(String(name))
      }
      if !keywords.contains(keyword) { keywords.append(keyword) }
    }
    return keywords
  }

  /// What to compare a tree by: the keywords asked for, or all that the mtree file uses; more of them
  /// appended, and the type in front of all (umoci-behaviour §2.6).
  ///
  /// - Throws: ``MtreeError/unknownKeyword(_:)`` when the mtree file itself uses one that we cannot know.
  public static func forComparison(
    using chosen: [MtreeKeyword]?, adding additional: [MtreeKeyword], to mtree: MtreeFile
  ) throws(MtreeError) -> [MtreeKeyword] {
    var keywords =
      if let chosen { chosen } else {
        try list(parsing: mtree.usedKeywords.joined(separator: ","))
      }
    for keyword in additional where !keywords.contains(keyword) { keywords.append(keyword) }
    return keywords.contains(.type) ? keywords : [.type] + keywords
  }
}
