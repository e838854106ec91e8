/// Removes what looks like a secret from a command line before it is recorded; docs/audit-export.md says
/// what does.
enum SecretRedaction {
  static let mask = "***"

  /// A name with one of these in it is that of a secret.
  private static let fragments = [
    "password", "passwd", "passphrase", "creds", "credential", "token", "secret", "authfile",
    "apikey",
    "privatekey", "accesskey", "authorization", "bearer", "cookie",
  ]
  /// A name with one of these as a word of its own is that of a secret.
  private static let words: Set<String> = ["pass", "pwd", "auth", "pat"]

  /// The arguments with the values of secret-looking options, assignments and headers, and of URLs' user
  /// parts, masked.
  static func redact(_ arguments: [String]) -> [String] {
    var result: [String] = []
    var masksNext = false
    var isHeader = false
    for argument in arguments {
      defer { isHeader = isHeaderOption(argument[...]) }
      if masksNext {
        // What begins with a dash may be the next option as well as a secret.
        result.append(argument.hasPrefix("--") ? redactOne(argument, isHeader) : mask)
        masksNext = false
        continue
      }
      masksNext = takesSecret(argument)
      result.append(redactOne(argument, isHeader))
    }
    return result
  }

  private static func redactOne(_ argument: String, _ isHeader: Bool) -> String {
    redactURL(redactHeader(redactAssignment(argument), isHeader))
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

  /// Whether an option takes a header: `-H`, `--header`.
  private static func isHeaderOption(_ name: Substring) -> Bool {
    name == "-H" || (name.hasPrefix("--") && name.lowercased().contains("header"))
  }

  /// Masks the value of headers such as `Authorization: Bearer x`.
  ///
  /// A blank after the colon may be missing where it is certain that it is a header, since images are
  /// written so too: after an option that takes one (`--header=X-Api-Key:x`, `-HX-Api-Key:x`), and when the
  /// name is one that only headers have.
  ///
  /// - Parameter isHeader: Whether the option before it takes one.
  private static func redactHeader(_ argument: String, _ isHeader: Bool) -> String {
    var header = argument[...]
    var isHeader = isHeader
    if let equals = argument.firstIndex(of: "="), isHeaderOption(argument[..<equals]) {
      header = argument[argument.index(after: equals)...]
      isHeader = true
    } else if argument.hasPrefix("-H") {
      header = argument.dropFirst(2)
      isHeader = true
    }
    for colon in header.indices where header[colon] == ":" {
      let name = header[..<colon]
      let value = header[header.index(after: colon)...]
      guard isSecret(name), isHeader || value.first == " " || isHeaderName(name) else { continue }
      return argument[..<value.startIndex] + (value.first == " " ? " " : "") + mask
    }
    return argument
  }

  private static func isHeaderName(_ name: Substring) -> Bool {
    let name = name.lowercased()
    return ["authorization", "proxy-authorization", "cookie", "set-cookie"].contains(name)
      || name.hasPrefix("x-")
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
