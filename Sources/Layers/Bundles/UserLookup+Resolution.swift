public import Store

/// Whom a container's process runs as.
public struct ResolvedUser: Equatable, Sendable {
  /// The user id in the container.
  public var userID: UInt32
  /// The group id in the container.
  public var groupID: UInt32
  /// The ids of further groups, in the order of `etc/group`.
  public var additionalGroupIDs: [UInt32]
  /// The user's home, as it stands in `etc/passwd`; nil when the user is not in it.
  public var home: String?

  /// Root, without a home.
  public static let root = ResolvedUser()

  /// Names a user.
  public init(
    userID: UInt32 = 0, groupID: UInt32 = 0, additionalGroupIDs: [UInt32] = [], home: String? = nil
  ) {
    self.userID = userID
    self.groupID = groupID
    self.additionalGroupIDs = additionalGroupIDs
    self.home = home
  }
}

/// Why the user of an image cannot be found.
public enum UserLookupError: Error, Equatable, Sendable {
  /// The root file system's `etc/passwd` has no such user.
  case unknownUser(String)
  /// The root file system's `etc/group` has no such group.
  case unknownGroup(String)
  /// An id is not within 0 ... 2147483647, or, from a file, none that 32 bits can hold.
  case outOfRange(Int)
}

extension UserLookupError: DiagnosableError {
  /// The failure in one line, without advice.
  public var description: String {
    switch self {
    case .unknownUser(let name): "there is no user '\(printable(name))' in the image"
    case .unknownGroup(let name): "there is no group '\(printable(name))' in the image"
    case .outOfRange(let id): "\(id) is not a user or group id"
    }
  }

  /// What is missing is not found; the rest is invalid.
  public var category: FailureCategory {
    if case .outOfRange = self { .invalidContent } else { .notFound }
  }

  /// There is no deeper cause.
  public var causes: [String] { [] }

  /// What the user can do about it.
  public var remedy: Remedy? {
    "set another one with \(.setUser); numbers need no entry"
  }
}

extension UserLookup {
  /// Finds the user, and the groups, that `user[:group]` means.
  ///
  /// Either part is a name or a number; no user means root. Numbers need no entry. Without a group
  /// part the user's own group counts, and all groups that list the user.
  public func resolve(_ text: String) throws(UserLookupError) -> ResolvedUser {
    let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    let groupName = parts.count > 1 ? parts[1] : ""
    let entry = self.entry(parts[0])
    var user = ResolvedUser()
    if let entry {
      user.userID = try Self.id(entry.userID)
      user.groupID = try Self.id(entry.groupID)
      user.home = String(decoding: entry.home, as: UTF8.self)
    } else if !parts[0].isEmpty {
      guard let number = Int(parts[0]) else { throw .unknownUser(parts[0]) }
      user.userID = try Self.id(number, limit: Int(Int32.max))
    }
    if !groupName.isEmpty {
      user.groupID = try groupID(groupName)
    } else if let entry, !entry.name.isEmpty {
      for group in groups where group.members.contains(entry.name) {
        user.additionalGroupIDs.append(try Self.id(group.groupID))
      }
    }
    return user
  }

  private func entry(_ name: String) -> UserEntry? {
    if name.isEmpty { return users.first { $0.userID == 0 } }
    if let number = Int(name) { return users.first { $0.userID == number } }
    return users.first { $0.name.elementsEqual(name.utf8) }
  }

  private func groupID(_ name: String) throws(UserLookupError) -> UInt32 {
    if let number = Int(name) {
      // An entry of that number may go beyond what is allowed without one.
      let isKnown = groups.contains { $0.groupID == number }
      return try Self.id(number, limit: isKnown ? Int(UInt32.max) - 1 : Int(Int32.max))
    }
    guard let group = groups.first(where: { $0.name.elementsEqual(name.utf8) }) else {
      throw .unknownGroup(name)
    }
    return try Self.id(group.groupID)
  }

  private static func id(
    _ number: Int, limit: Int = Int(UInt32.max) - 1
  ) throws(UserLookupError) -> UInt32 {
    guard (0...limit).contains(number) else { throw .outOfRange(number) }
    return UInt32(number)
  }

  /// The names of all ids, for the keywords `uname` and `gname` of an mtree; of several names for
  /// one id the first counts.
  package var ownerNames: OwnerNames {
    func ids<Entry>(_ entries: [Entry], _ id: (Entry) -> Int, _ name: (Entry) -> [UInt8])
      -> [UInt32: [UInt8]]
    {
      let pairs = entries.compactMap { entry in
        UInt32(exactly: id(entry)).map { ($0, name(entry)) }
      }
      return Dictionary(pairs) { first, _ in first }
    }
    return OwnerNames(
      users: ids(users, \.userID, \.name), groups: ids(groups, \.groupID, \.name))
  }
}
