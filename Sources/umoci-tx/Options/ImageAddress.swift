internal import Journal
internal import Store

/// Where an image is: a layout's path and a tag, maybe at an earlier value.
struct ImageAddress: Equatable {
  /// The path of the layout.
  let path: String
  /// The tag.
  let reference: TagReference

  /// Reads `PATH[:TAG]`, which is cut at the first colon; without one the tag is `latest`.
  init(parsing text: String, now: Timestamp) throws(UsageError) {
    let colon = text.firstIndex(of: ":")
    path = String(text[..<(colon ?? text.endIndex)])
    if path.isEmpty {
      throw .invalid("--image", "the path is empty", hint: "write `--image PATH[:TAG]`")
    }
    guard let colon else {
      reference = TagReference(name: .latest)
      return
    }
    do throws(TagReference.Malformed) {
      reference = try TagReference(parsing: String(text[text.index(after: colon)...]), now: now)
    } catch {
      throw .invalid("--image", "\(error)", hint: "it is PATH[:TAG], cut at the first colon")
    }
  }

  /// The tag, as one that is written to.
  func writableName() throws(UsageError) -> ReferenceName {
    guard reference.revision == .current else {
      throw UsageError(
        "an earlier value of a tag cannot be written",
        hint: "`umoci-tx restore --help` tells how earlier values are brought back")
    }
    return reference.name
  }
}
