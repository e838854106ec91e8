internal import CLinux
internal import Store

/// Turns what lies on disk into entries of a layer (umoci-behaviour §3.4, §3.6, §3.7).
struct SourceReader {
  /// Attributes that are never stored: they belong to the host (umoci-behaviour §3.6).
  private static let forbidden: Set<[UInt8]> = [
    Array("security.selinux".utf8), Array("system.nfs4_acl".utf8),
  ]

  let mapping: OwnershipMapping
  let latestTime: FileTime?
  let warn: (LayerWarning) -> Void
  private var links = LinkTable()

  init(_ options: LayerOptions, warn: @escaping (LayerWarning) -> Void) {
    mapping = options.mapping
    latestTime = options.latestTime
    self.warn = warn
  }

  /// The entry of a folder.
  func entry(of folder: ScannedFolder, at path: [UInt8]) throws -> LayerEntry {
    let place = AttributePlace(descriptor: folder.handle.descriptor, link: nil)
    return try entry(folder.status, .directory, place, path, folder.displayPath)
  }

  /// The entry of a regular file that is open.
  mutating func entry(
    of file: ScannedFile, opened: borrowing OpenFile, at path: [UInt8]
  ) throws -> LayerEntry {
    let kind = links.earlierName(file.status, path) ?? .regular(size: file.status.size)
    let place = AttributePlace(descriptor: opened.descriptor, link: nil)
    return try entry(file.status, kind, place, path, opened.path)
  }

  /// The entry of a file that is neither a regular one nor a folder.
  mutating func entry(
    of file: ScannedFile, in folder: ScannedFolder, at path: [UInt8]
  ) throws -> LayerEntry {
    let displayPath = folder.displayPath(of: file.name)
    let kind = try links.earlierName(file.status, path) ?? kind(of: file, folder, displayPath)
    let place = AttributePlace(file.name, in: folder.handle)
    return try entry(file.status, kind, place, path, displayPath)
  }

  private func kind(
    of file: ScannedFile, _ folder: ScannedFolder, _ displayPath: String
  ) throws -> LayerEntry.Kind {
    let device = file.status.representedDevice
    switch file.status.kind {
    case .symbolicLink: return .symbolicLink(target: try folder.linkTarget(file))
    case .characterDevice:
      return .characterDevice(major: clinux_major(device), minor: clinux_minor(device))
    case .blockDevice:
      return .blockDevice(major: clinux_major(device), minor: clinux_minor(device))
    case .fifo: return .fifo
    case .socket, .regular, .directory, .unknown:
      throw LayerGenerationError.unknownKind(path: displayPath)
    }
  }

  private func entry(
    _ status: FileStatus, _ kind: LayerEntry.Kind, _ place: AttributePlace, _ path: [UInt8],
    _ displayPath: String
  ) throws -> LayerEntry {
    var attributes = try place.all(displayPath)
    let owner = try owner(status, &attributes, displayPath)
    attributes = storable(attributes, displayPath)
    return LayerEntry(
      path: path, kind: kind, permissions: UInt16(truncatingIfNeeded: status.permissions),
      userID: owner.userID, groupID: owner.groupID,
      modificationTime: storedTime(status.modificationTime), attributes: attributes)
  }

  /// Whole seconds, rounded down like those of an mtree.
  private func storedTime(_ time: FileTime) -> FileTime {
    if let latestTime, time > latestTime { return latestTime }
    return FileTime(seconds: time.seconds, nanoseconds: 0)
  }

  private func owner(
    _ status: FileStatus, _ attributes: inout [ExtendedAttribute], _ displayPath: String
  ) throws(LayerGenerationError) -> (userID: UInt32, groupID: UInt32) {
    let index = attributes.firstIndex { $0.name == RootlessOwner.attributeName }
    guard mapping.isRootless else {
      if index != nil { warn(.ownerAttribute(path: displayPath)) }
      do throws(IDMappingError) {
        return (
          try mapping.containerUserID(of: status.userID),
          try mapping.containerGroupID(of: status.groupID)
        )
      } catch {
        throw .owner(path: displayPath, error)
      }
    }
    guard let index else { return (0, 0) }
    do throws(MalformedRootlessOwner) {
      let owner = try RootlessOwner(decoding: attributes.remove(at: index).value)
      return (owner.userID ?? 0, owner.groupID ?? 0)
    } catch {
      throw .malformedOwner(path: displayPath, error)
    }
  }

  /// The attributes that an archive can hold.
  private func storable(
    _ attributes: [ExtendedAttribute], _ displayPath: String
  ) -> [ExtendedAttribute] {
    var kept: [ExtendedAttribute] = []
    for attribute in attributes where !Self.forbidden.contains(attribute.name) {
      guard !attribute.value.isEmpty else {
        warn(.emptyAttribute(path: displayPath, name: attribute.name))
        continue
      }
      kept.append(attribute)
    }
    return kept
  }
}

/// The names of files that have several.
private struct LinkTable {
  private struct Inode: Hashable {
    let device: UInt64
    let inode: UInt64
  }

  private struct Names {
    let first: [UInt8]
    var missing: UInt64
  }

  private var names: [Inode: Names] = [:]

  /// The link that a file becomes of which an earlier entry has another name; nil for the first one.
  ///
  /// A file all of whose names have come is forgotten.
  mutating func earlierName(_ status: FileStatus, _ path: [UInt8]) -> LayerEntry.Kind? {
    guard status.linkCount > 1 else { return nil }
    let inode = Inode(device: status.device, inode: status.inode)
    guard let known = names[inode] else {
      names[inode] = Names(first: path, missing: status.linkCount - 1)
      return nil
    }
    names[inode]?.missing -= 1
    if known.missing <= 1 { names[inode] = nil }
    return .hardLink(target: known.first)
  }
}
