internal import Store

/// The metadata that an entry gives to what it makes, in terms of this host.
struct EntryMetadata {
  /// The owner to set; nil leaves it to the process, as rootless extraction does.
  var owner: Owner?
  /// The twelve permission bits.
  var permissions: UInt16
  var modificationTime: FileTime
  var accessTime: FileTime
  /// The attributes to set; all others go.
  var attributes: [ExtendedAttribute]

  /// A user and a group of this host.
  struct Owner: Equatable {
    var userID: UInt32
    var groupID: UInt32

    init(userID: UInt32, groupID: UInt32) {
      self.userID = userID
      self.groupID = groupID
    }

    /// What becomes of an image's ids; nil when they are left to the process.
    ///
    /// - Throws: ``EntryError/owner(_:)`` for an id that no range holds.
    init?(
      userID: UInt32, groupID: UInt32, _ mapping: OwnershipMapping
    ) throws(EntryError) {
      if mapping.isRootless { return nil }
      do throws(IDMappingError) {
        self.userID = try mapping.hostUserID(of: Int64(userID))
        self.groupID = try mapping.hostGroupID(of: Int64(groupID))
      } catch {
        throw .owner(error)
      }
    }
  }
}

extension EntryMetadata {
  /// What becomes of an entry's metadata under some options.
  ///
  /// - Throws: ``EntryError`` for an id that no range holds, or attributes that are too large.
  init(_ entry: TarEntry, _ options: ExtractionOptions) throws(EntryError) {
    permissions = entry.permissions
    modificationTime = entry.modificationTime
    accessTime = entry.accessTime ?? entry.modificationTime
    attributes = entry.attributes
    if !attributes.isEmpty { try Self.check(attributes, options.limits) }
    owner = try Owner(userID: entry.userID, groupID: entry.groupID, options.mapping)
    if options.mapping.isRootless {
      attributes.removeAll { $0.name == RootlessOwner.attributeName }
      if let kept = RootlessOwner(userID: entry.userID, groupID: entry.groupID) {
        attributes.append(
          ExtendedAttribute(name: RootlessOwner.attributeName, value: kept.encoded))
      }
    }
  }

  static func check(
    _ attributes: [ExtendedAttribute], _ limits: ExtractionLimits
  ) throws(EntryError) {
    var sum = 0
    for attribute in attributes {
      guard attribute.value.count <= limits.attributeSize else {
        throw .limit(.attributeSize(limit: limits.attributeSize))
      }
      sum += attribute.name.count + attribute.value.count
      guard sum <= limits.attributesSize else {
        throw .limit(.attributesSize(limit: limits.attributesSize))
      }
    }
  }
}
