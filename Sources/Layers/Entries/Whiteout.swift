internal import Store

/// What an entry asks for whose last component begins with `.wh.` (umoci-behaviour §4.4;
/// image-spec v1.1.1, layer §whiteouts).
enum Whiteout {
  /// Everything that lower layers have in its directory goes.
  case opaque
  /// One name of its directory goes.
  case name(ArraySlice<UInt8>)

  /// How the last component of a whiteout begins.
  static let prefix = Array(".wh.".utf8)
  private static let opaqueMarker = Array(".wh..wh..opq".utf8)

  /// Reads a last component that begins with ``prefix``.
  ///
  /// - Throws: ``EntryError/invalidWhiteout`` when it names nothing, or the directory or its parent.
  init(_ base: [UInt8]) throws(EntryError) {
    let name = base.dropFirst(Self.prefix.count)
    if base == Self.opaqueMarker {
      self = .opaque
    } else if name.isEmpty || name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8) {
      throw .invalidWhiteout
    } else {
      self = .name(name)
    }
  }
}

/// What the name of an entry is, apart from a name.
extension EntryPath {
  /// What AUFS left in the root of old images.
  ///
  /// It makes nothing, but hard links lead into it.
  static let leftovers = [".wh..wh.plnk", ".wh..wh.aufs", ".wh..wh.orph"].map { Array($0.utf8) }

  /// What the name hides; nil for one that is to be made.
  ///
  /// - Throws: ``EntryError/invalidWhiteout``; ``EntryError/belowWhiteout`` for a name below one.
  func whiteout() throws(EntryError) -> Whiteout? {
    guard mayHaveWhiteout else { return nil }
    let components = bytes.split(separator: UInt8(ascii: "/"))
    guard let first = components.first, let base = components.last,
      !Self.leftovers.contains(where: { first.elementsEqual($0) })
    else { return nil }
    guard !components.dropLast().contains(where: { $0.starts(with: Whiteout.prefix) }) else {
      throw .belowWhiteout
    }
    return base.starts(with: Whiteout.prefix) ? try Whiteout(Array(base)) : nil
  }
}
