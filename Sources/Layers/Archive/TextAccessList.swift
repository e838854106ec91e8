/// A POSIX access control list as star and GNU tar write it into a pax record, acl(5):
/// `user::rwx,user:joe:r-x:1000,group::r-x,mask::rwx,other::r-x`.
struct TextAccessList {
  private enum Tag: UInt16 {
    case owner = 1
    case user = 2
    case owningGroup = 4
    case group = 8
    case mask = 16
    case other = 32
  }

  private struct Entry {
    let tag: Tag
    let id: UInt32
    var permissions: UInt16
  }

  private var entries: [Entry] = []

  /// Reads a list; nil when it cannot be read, or names somebody without a number.
  init?(_ text: [UInt8]) {
    let separators: Set<UInt8> = [UInt8(ascii: ","), UInt8(ascii: "\n")]
    for word in text.split(whereSeparator: separators.contains) {
      guard let entry = Self.entry(word) else { return nil }
      entries.append(entry)
    }
    for tag in [Tag.owner, .owningGroup, .other] {
      guard entries.count(where: { $0.tag == tag }) == 1 else { return nil }
    }
    guard entries.count(where: { $0.tag == .mask }) <= 1 else { return nil }
    addMask()
    entries.sort { ($0.tag.rawValue, $0.id) < ($1.tag.rawValue, $1.id) }
  }

  private static func entry(_ word: ArraySlice<UInt8>) -> Entry? {
    let fields = word.prefix { $0 != UInt8(ascii: "#") }
      .split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      .map { field in String(decoding: field, as: UTF8.self).filter { $0 != " " && $0 != "\t" } }
    guard (2...4).contains(fields.count) else { return nil }
    // `other:r-x` and `mask:r-x` may do without the empty name.
    let name = fields.count == 2 ? "" : fields[1]
    guard let permissions = permissions(fields.count == 2 ? fields[1] : fields[2]) else {
      return nil
    }
    let isNamed = !name.isEmpty
    let tag: Tag
    switch fields[0] {
    case "user", "u": tag = isNamed ? .user : .owner
    case "group", "g": tag = isNamed ? .group : .owningGroup
    case "mask", "m": tag = .mask
    case "other", "o": tag = .other
    default: return nil
    }
    guard tag == .user || tag == .group else {
      return Entry(tag: tag, id: .max, permissions: permissions)
    }
    guard let id = UInt32(fields.count == 4 ? fields[3] : name) else { return nil }
    return Entry(tag: tag, id: id, permissions: permissions)
  }

  private static func permissions(_ text: String) -> UInt16? {
    var permissions: UInt16 = 0
    for letter in text {
      switch letter {
      case "r": permissions |= 4
      case "w": permissions |= 2
      case "x": permissions |= 1
      case "-": break
      default: return nil
      }
    }
    return permissions
  }

  /// With somebody named, there must be a mask: what all of them may at most.
  private mutating func addMask() {
    let named = entries.filter { $0.tag == .user || $0.tag == .group }
    guard !named.isEmpty, !entries.contains(where: { $0.tag == .mask }) else { return }
    let all = entries.filter { $0.tag == .owningGroup } + named
    entries.append(
      Entry(tag: .mask, id: .max, permissions: all.reduce(0) { $0 | $1.permissions }))
  }

  /// Whether it says more than a mode can.
  var isExtended: Bool { entries.count > 3 }

  /// Lets a mode stand: what the list says of the owner, of others, and of the group or the mask, is what
  /// the mode says.
  mutating func adopt(mode: UInt16) {
    let groupTag = entries.contains { $0.tag == .mask } ? Tag.mask : .owningGroup
    for index in entries.indices {
      switch entries[index].tag {
      case .owner: entries[index].permissions = mode >> 6 & 7
      case .other: entries[index].permissions = mode & 7
      case groupTag: entries[index].permissions = mode >> 3 & 7
      default: break
      }
    }
  }

  /// The value of the attribute that the kernel takes (version 2 of `system.posix_acl_*`).
  var value: [UInt8] {
    var value: [UInt8] = [2, 0, 0, 0]
    for entry in entries {
      for number in [entry.tag.rawValue, entry.permissions] {
        withUnsafeBytes(of: number.littleEndian) { value += $0 }
      }
      withUnsafeBytes(of: entry.id.littleEndian) { value += $0 }
    }
    return value
  }
}
