internal import Glibc
internal import Journal
internal import Mutations
internal import Store

/// Where an image is: a layout's path, and a tag, maybe at an earlier value, or a digest.
struct ImageAddress: Equatable {
  /// The path of the layout.
  let path: String
  /// The tag or the digest.
  let reference: ImageReference

  /// Reads `PATH[:TAG]`, which is cut at the first colon, or `PATH@DIGEST`; with neither the tag is
  /// `latest`.
  ///
  /// What is there as a path is a path, whatever stands behind a colon or an `@` in it; `PATH:@DIGEST` is a digest
  /// always.
  init(
    parsing text: String, now: Timestamp,
    isThere: (String) -> Bool = { access($0, F_OK) == 0 }
  ) throws(UsageError) {
    // What is longer than PATH_MAX is never looked for, so that many colons cost no time.
    func isPath(before end: String.Index) -> Bool {
      text[..<end].utf8.count < PATH_MAX && isThere(String(text[..<end]))
    }
    let colons = text.indices.filter { text[$0] == ":" }
    let end = (colons + [text.endIndex]).first(where: isPath)
    let beginning = text[..<(end ?? colons.first ?? text.endIndex)]
    if end == nil, let at = Self.at(in: text, beginning, isPath) {
      let digest = text[text.index(after: at)...]
      let isMeant = Self.isDigest(digest) && isPath(before: at)
      if isMeant || (try? DigestPrefix(parsing: String(digest))) != nil {
        path = String(text[..<at])
        reference = try Self.reference("@\(digest)", now)
        return
      }
    }
    if end == nil { try ForeignNotation.check(text, "--image") }
    path = String(beginning)
    if path.isEmpty {
      throw .invalid("--image", "the path is empty", hint: "write `--image PATH[:TAG]`")
    }
    guard beginning.endIndex < text.endIndex else {
      reference = .tag(TagReference(name: .latest))
      return
    }
    let rest = text[text.index(after: beginning.endIndex)...]
    reference = try Self.reference(String(rest), now)
  }

  /// The `@` before a digest: behind a path that is there, or else before the first colon.
  private static func at(
    in text: String, _ beginning: Substring, _ isPath: (String.Index) -> Bool
  ) -> String.Index? {
    let places = text.indices.filter { text[$0] == "@" && $0 != text.startIndex }
    return places.last(where: isPath) ?? places.last { $0 < beginning.endIndex }
  }

  private static func reference(
    _ text: String, _ now: Timestamp
  ) throws(UsageError) -> ImageReference {
    do throws(ImageReference.Malformed) {
      return try ImageReference(parsing: text, now: now)
    } catch {
      throw .invalid(
        "--image", "\(error)", hint: "it is PATH[:TAG], cut at the first colon, or PATH@DIGEST")
    }
  }

  /// Whether a text can be meant as a digest only, even if it is none.
  private static func isDigest(_ text: Substring) -> Bool {
    ["sha256:", "sha512:"].contains(where: text.hasPrefix)
      || !text.isEmpty && text.allSatisfy(\.isHexDigit)
  }

  /// The tag, as one that is written to.
  ///
  /// - Parameter hint: How to name a tag where the image is named by its digest.
  func writableName(
    hint: String = "write `--image PATH:TAG`"
  ) throws(UsageError) -> ReferenceName {
    guard case .tag(let tag) = reference else {
      throw UsageError("a digest stands for one image for ever: a tag is needed", hint: hint)
    }
    guard tag.revision == .current else {
      throw UsageError(
        "an earlier value of a tag cannot be written",
        hint: "`umoci-tx restore --help` tells how earlier values are brought back")
    }
    return tag.name
  }
}
