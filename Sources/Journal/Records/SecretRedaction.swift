/// Removes what looks like a secret from a command line before it is recorded.
enum SecretRedaction {
  static let mask = "***"

  private static let words = ["password", "passwd", "creds", "token", "secret", "authfile"]

  /// The arguments with the values of secret-looking options and of URLs' user parts masked.
  static func redact(_ arguments: [String]) -> [String] {
    var result: [String] = []
    var masksNext = false
    for argument in arguments {
      if masksNext, !argument.hasPrefix("-") {
        result.append(mask)
        masksNext = false
        continue
      }
      masksNext = isSecretOption(argument) && !argument.contains("=")
      result.append(redactURL(redactAssignment(argument)))
    }
    return result
  }

  private static func isSecretOption(_ argument: String) -> Bool {
    guard argument.hasPrefix("--") else { return false }
    let name = argument.dropFirst(2).prefix { $0 != "=" }.lowercased()
    return words.contains { name.contains($0) }
  }

  /// Masks the value of assignments such as `--password=x`, `API_TOKEN=x` and
  /// `--config.env=API_TOKEN=x`.
  private static func redactAssignment(_ argument: String) -> String {
    var start = argument.startIndex
    while let equals = argument[start...].firstIndex(of: "=") {
      let name = argument[start..<equals].lowercased()
      let next = argument.index(after: equals)
      if words.contains(where: { name.contains($0) }) { return argument[..<next] + mask }
      start = next
    }
    return argument
  }

  /// Masks the user part of URLs such as `https://user:password@host/…`, all that there are.
  private static func redactURL(_ argument: String) -> String {
    var result = ""
    var rest = argument[...]
    while let scheme = rest.firstRange(of: "://") {
      result += rest[..<scheme.upperBound]
      rest = rest[scheme.upperBound...]
      let authority = rest.prefix { $0 != "/" }
      if let at = authority.lastIndex(of: "@"), authority[..<at].contains(":") {
        result += mask
        rest = rest[at...]
      }
    }
    return result + rest
  }
}
