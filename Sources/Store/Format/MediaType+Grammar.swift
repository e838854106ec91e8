extension MediaType {
  /// What is wrong with the text as a media type (image-spec v1.1.1, descriptor: RFC 6838, section
  /// 4.2), or why no reader will know it; nil when it is as it should be.
  var fault: String? {
    let parts = rawValue.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ Self.isRestrictedName($0) }) else {
      return "is no media type: \"\(excerpt(of: rawValue))\""
    }
    let plain = MediaType(rawValue: rawValue.lowercased())
    guard plain != self, plain.isKnown else { return nil }
    return "is \(plain) but for upper case, and readers compare every letter"
  }

  private var isKnown: Bool {
    isIndex || isManifest || isImageConfig || isLayer || self == .descriptor || self == .emptyJSON
  }

  private static func isRestrictedName(_ name: Substring.UTF8View.SubSequence) -> Bool {
    guard (1...127).contains(name.count), let first = name.first, first.isASCIIAlphanumeric else {
      return false
    }
    return name.allSatisfy { $0.isASCIIAlphanumeric || "!#$&-^_.+".utf8.contains($0) }
  }
}
