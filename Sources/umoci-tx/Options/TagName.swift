internal import Store

/// A tag on the command line.
enum TagName {
  /// Reads a tag; `what` names the option or argument that it belongs to.
  static func parse(_ text: String, _ what: String) throws(UsageError) -> ReferenceName {
    do throws(ReferenceName.Malformed) {
      return try ReferenceName(parsing: text)
    } catch {
      throw .invalid(
        what, "\(error)",
        hint: "letters and digits, joined by one of - . _ : @ + or /, for example 1.0-rc.2")
    }
  }
}
