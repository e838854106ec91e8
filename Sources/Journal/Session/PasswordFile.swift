internal import Glibc

/// The names of users in passwd(5), read without the name service, which a static program lacks.
enum PasswordFile {
  /// The name of a user id; nil when the file does not have it.
  static func userName(of userID: UInt32, in path: String = "/etc/passwd") -> String? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(line) }
    while getline(&line, &capacity, file) > 0, let line {
      if let name = name(in: String(cString: line), of: userID) { return name }
    }
    return nil
  }

  /// The first field of a line whose third is the id.
  static func name(in line: String, of userID: UInt32) -> String? {
    let fields = line.split(separator: ":", omittingEmptySubsequences: false)
    guard fields.count >= 3, UInt32(fields[2]) == userID, !fields[0].isEmpty,
      fields[0].first != "#"
    else { return nil }
    return String(fields[0])
  }
}
