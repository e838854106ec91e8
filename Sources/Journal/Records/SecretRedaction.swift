/// Removes what looks like a secret from a command line before it is recorded; docs/audit-export.md says
/// what does.
enum SecretRedaction {
  static let mask = "***"

  /// A name with one of these in it is that of a secret.
  private static let fragments = [
    "password", "passwd", "passphrase", "creds", "credential", "token", "secret", "authfile",
    "apikey",
    "privatekey", "accesskey", "authorization", "bearer",
  ]
  /// A name with one of these as a word of its own is that of a secret.
  private static let words: Set<String> = ["pass", "pwd", "auth", "pat"]

  /// The arguments with the values of secret-looking options, assignments and headers, and of URLs' user
  /// parts, masked.
  static func redact(_ arguments: [String]) -> [String] {
    var result: [String] = []
    var masksNext = false
    for argument in arguments {
      if masksNext {
        // What begins with a dash may be the next option as well as a secret.
        result.append(argument.hasPrefix("--") ? redactOne(argument) : mask)
        masksNext = false
        continue
      }
      masksNext = takesSecret(argument)
      result.append(redactOne(argument))
    }
    return result
  }

  private static func redactOne(_ argument: String) -> String {
    redactURL(redactHeader(redactAssignment(argument)))
  }

  /// Whether the next argument is a secret: after `--password`, but not after `--password-stdin`.
  private static func takesSecret(_ argument: String) -> Bool {
    guard argument.hasPrefix("--"), !argument.contains("="), !argument.hasSuffix("-stdin") else {
      return false
    }
    return isSecret(argument.dropFirst(2))
  }

  /// Whether a name is that of a secret: `API_TOKEN`, `ssh-key`, `DB_PASS`; not `author` or `key`.
  private static func isSecret(_ name: Substring) -> Bool {
    let parts = name.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    let joined = parts.joined()
    if fragments.contains(where: joined.contains) { return true }
    if parts.contains(where: words.contains) { return true }
    return parts.count > 1 && parts.last == "key"
  }

  /// Masks the value of assignments such as `--password=x`, `API_TOKEN=x` and
  /// `--config.env=API_TOKEN=x`.
  private static func redactAssignment(_ argument: String) -> String {
    var start = argument.startIndex
    while let equals = argument[start...].firstIndex(of: "=") {
      let next = argument.index(after: equals)
      if isSecret(argument[start..<equals]) { return argument[..<next] + mask }
      start = next
    }
    return argument
  }

  /// Masks the value of headers such as `Authorization: Bearer x`.
  private static func redactHeader(_ argument: String) -> String {
    guard let colon = argument.firstRange(of: ": "), isSecret(argument[..<colon.lowerBound]) else {
      return argument
    }
    return argument[..<colon.upperBound] + mask
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
