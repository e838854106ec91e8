/// How the owners that an image names become owners on this host, and back.
///
/// It is chosen when a bundle is unpacked and recorded in it (`map_options`, umoci-behaviour §2.1),
/// so that a repack maps back by the same rule.
public struct OwnershipMapping: Equatable, Sendable {
  /// The ranges of user ids, tried in order; none at all leaves every id as it is.
  public let userMappings: [IDMapping]
  /// The ranges of group ids, tried in order; none at all leaves every id as it is.
  public let groupMappings: [IDMapping]
  /// Whether everything is owned by whoever unpacks, with the real owners kept in an extended
  /// attribute (see ``RootlessOwner``).
  public let isRootless: Bool

  /// Ids as they are.
  public static let identity = OwnershipMapping()

  /// Makes a mapping from its parts.
  public init(
    userMappings: [IDMapping] = [], groupMappings: [IDMapping] = [], isRootless: Bool = false
  ) {
    self.userMappings = userMappings
    self.groupMappings = groupMappings
    self.isRootless = isRootless
  }

  /// The mapping that the options of a command ask for (umoci-behaviour §1.4).
  ///
  /// Rootless without a range of its own maps the container's root to the caller and nothing else.
  public static func fromOptions(
    userMappings: [IDMapping], groupMappings: [IDMapping], isRootless: Bool,
    callerUserID: UInt32, callerGroupID: UInt32
  ) -> OwnershipMapping {
    func completed(_ given: [IDMapping], caller: UInt32) -> [IDMapping] {
      isRootless && given.isEmpty ? [IDMapping(containerID: 0, hostID: caller)] : given
    }
    return OwnershipMapping(
      userMappings: completed(userMappings, caller: callerUserID),
      groupMappings: completed(groupMappings, caller: callerGroupID),
      isRootless: isRootless)
  }

  /// The owner on the host of what belongs to `userID` in the container.
  ///
  /// - Parameter userID: The id as an archive has it, of any size.
  /// - Returns: An id that chown(2) takes as one.
  /// - Throws: ``IDMappingError`` when the id is mapped to nothing, or is none.
  public func hostUserID(of userID: Int64) throws(IDMappingError) -> UInt32 {
    try map(userID, userMappings, isUser: true) { $0.hostID(of: $1) }
  }

  /// The group on the host of what belongs to `groupID` in the container.
  ///
  /// - Parameter groupID: The id as an archive has it, of any size.
  /// - Returns: An id that chown(2) takes as one.
  /// - Throws: ``IDMappingError`` when the id is mapped to nothing, or is none.
  public func hostGroupID(of groupID: Int64) throws(IDMappingError) -> UInt32 {
    try map(groupID, groupMappings, isUser: false) { $0.hostID(of: $1) }
  }

  /// The owner in the container of what belongs to `userID` on the host.
  ///
  /// - Throws: ``IDMappingError`` when the id is mapped to nothing.
  public func containerUserID(of userID: UInt32) throws(IDMappingError) -> UInt32 {
    try map(Int64(userID), userMappings, isUser: true) { $0.containerID(of: $1) }
  }

  /// The group in the container of what belongs to `groupID` on the host.
  ///
  /// - Throws: ``IDMappingError`` when the id is mapped to nothing.
  public func containerGroupID(of groupID: UInt32) throws(IDMappingError) -> UInt32 {
    try map(Int64(groupID), groupMappings, isUser: false) { $0.containerID(of: $1) }
  }

  private func map(
    _ id: Int64, _ mappings: [IDMapping], isUser: Bool,
    _ shift: (IDMapping, UInt32) -> UInt32?
  ) throws(IDMappingError) -> UInt32 {
    guard let small = UInt32(exactly: id), small != .max else {
      throw .outOfRange(id: id, isUser: isUser)
    }
    guard !mappings.isEmpty else { return small }
    for mapping in mappings {
      guard let mapped = shift(mapping, small) else { continue }
      guard mapped != .max else { throw .outOfRange(id: Int64(mapped), isUser: isUser) }
      return mapped
    }
    throw .unmapped(id: id, isUser: isUser)
  }
}
