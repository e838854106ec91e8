/// The words of a line, parted by ASCII white space.
package struct MtreeWords {
  private var rest: ArraySlice<UInt8>

  /// Starts at the front of a line.
  package init(_ line: ArraySlice<UInt8>) {
    rest = line
  }

  /// The next word; nil at the end.
  package mutating func next() -> ArraySlice<UInt8>? {
    guard let start = rest.firstIndex(where: { !Self.isBlank($0) }) else {
      rest = rest[rest.endIndex...]
      return nil
    }
    let end = rest[start...].firstIndex(where: Self.isBlank) ?? rest.endIndex
    defer { rest = rest[end...] }
    return rest[start..<end]
  }

  /// The next word that is a value, `KEYWORD=TEXT`; others are passed over.
  package mutating func nextValue() -> MtreeValue? {
    while let word = next() {
      if let equals = word.firstIndex(of: UInt8(ascii: "=")), equals > word.startIndex {
        return MtreeValue(keyword: word[..<equals], value: word[(equals + 1)...])
      }
    }
    return nil
  }

  /// What has not been read yet, from its first word on.
  package var remainder: ArraySlice<UInt8> { rest.drop(while: Self.isBlank) }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0d).contains(byte)
  }
}

/// One thing that an mtree file says of a file.
package struct MtreeValue {
  /// What is said, `mode` or `xattr.user.foo` for example.
  package let keyword: ArraySlice<UInt8>
  /// The text of the value.
  package let value: ArraySlice<UInt8>

  /// The keyword up to its first dot.
  package var prefix: ArraySlice<UInt8> { keyword.prefix { $0 != UInt8(ascii: ".") } }
}
