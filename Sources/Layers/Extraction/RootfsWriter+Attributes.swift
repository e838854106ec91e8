internal import CLinux
internal import Glibc
internal import Store

/// Extended attributes: capabilities, access control lists and overlay markers are nothing else.
extension RootfsWriter {
  /// Attributes that are left as they are on disk (umoci-behaviour §3.6).
  private static let forbidden: Set<[UInt8]> = [
    Array("security.selinux".utf8), Array("system.nfs4_acl".utf8),
  ]

  /// Replaces all attributes of a file, and records what an mtree says of them.
  func setAttributes(
    _ file: FileHandle, _ attributes: [ExtendedAttribute], hasOld: Bool,
    _ record: inout FileRecord
  ) throws {
    record.flags.insert(.hasAttributes)
    switch file {
    case .open(let descriptor):
      try replace(AttributePlace(descriptor: descriptor, link: nil), attributes, hasOld: hasOld)
      try recordAttributes(descriptor, &record)
    case .named(let parent, let name) where record.kind == .directory:
      let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | clinux_O_NOFOLLOW
      let directory = try cache.descriptor(of: parent)
      let descriptor = terminated(name) { clinux_openat(directory, $0, flags, 0) }
      guard descriptor >= 0 else { throw SyscallError.last("openat", path(parent, name)) }
      let opened = OpenFile(descriptor: descriptor, path: "")
      try setAttributes(.open(opened.descriptor), attributes, hasOld: hasOld, &record)
    case .named(let parent, let name):
      // Symbolic links, fifos and devices cannot be opened for this: their directory is named by
      // its descriptor, and the l-calls do not follow the last component.
      let prefix = "/proc/self/fd/\(try cache.descriptor(of: parent))/"
      let link = prefix.utf8.map { CChar(bitPattern: $0) } + name.map { CChar(bitPattern: $0) }
      try replace(AttributePlace(descriptor: -1, link: link + [0]), attributes, hasOld: hasOld)
    }
  }

  private func replace(
    _ place: AttributePlace, _ attributes: [ExtendedAttribute], hasOld: Bool
  ) throws {
    if hasOld {
      for name in place.names() ?? [] where !Self.forbidden.contains(name) {
        if !attributes.contains(where: { $0.name == name }) { removeQuietly(place, name) }
      }
    }
    for attribute in attributes {
      if Self.forbidden.contains(attribute.name) {
        if place.value(of: attribute.name) != attribute.value {
          warn(.forbiddenAttribute(name: attribute.name))
        }
        continue
      }
      try set(place, attribute)
    }
  }

  private func removeQuietly(_ place: AttributePlace, _ name: [UInt8]) {
    // What may not be removed stays, as with umoci.
    _ = try? FailPoint("extract.attribute").perform("removexattr", on: root.path) {
      place.remove(name)
    }
  }

  /// Sets an attribute, or leaves it out where it cannot be.
  ///
  /// - Throws: ``EntryError/attributeRefused(name:reason:)`` for a value that the kernel does not take;
  ///   ``SyscallError``.
  private func set(_ place: AttributePlace, _ attribute: ExtendedAttribute) throws {
    // Files and folders alone can have those, for root too (xattr(7)).
    let isOfUsers = attribute.name.starts(with: "user.".utf8)
    do throws(SyscallError) {
      try FailPoint("extract.attribute").perform("setxattr", on: root.path) {
        place.set(attribute)
      }
    } catch  where error.code == EPERM && place.link != nil && isOfUsers {
      warn(.attributeNotPossible(name: attribute.name))
    } catch  where error.code == EPERM && (isRootless || process.isInUserNamespace) {
      warn(.attributeNotPermitted(name: attribute.name))
    } catch  where error.code == EOPNOTSUPP {
      warn(.attributesNotSupported)
    } catch  where [EINVAL, ERANGE, E2BIG, ENAMETOOLONG].contains(error.code) {
      throw EntryError.attributeRefused(name: attribute.name, reason: error.explanation)
    } catch {
      throw SyscallError(
        call: "setxattr \(printable(attribute.name))", path: error.path, code: error.code)
    }
  }

  /// Records the attributes that the file has now, in the form and within the bounds of gomtree.
  private func recordAttributes(_ descriptor: Int32, _ record: inout FileRecord) throws {
    // An access control list is part of the mode.
    var status = stat()
    if fstat(descriptor, &status) == 0, process.isPrivileged {
      record.permissions = UInt16(truncatingIfNeeded: status.st_mode) & 0o7777
    }
    let found = ExtendedAttribute.listedInMtree(of: descriptor)
    record.text = try ExtendedAttribute.encode(found).bytes { bytes throws(SyscallError) in
      try tree.keep(bytes)
    }
  }
}
