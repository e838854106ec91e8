internal import Store

/// Saving what can be saved of an index.json that is no valid document.
enum Salvage {
  /// How many objects that are no entries are looked at before the rest is given up.
  private static let patience = 1000
  /// How much of the bytes an entry may take.
  private static let windows = [4 << 10, 64 << 10, 1 << 20]

  /// The first complete document in the bytes: in-place writers leave a short new file with the
  /// tail of a longer old one behind it.
  static func index(in bytes: [UInt8]) -> IndexFile? {
    guard
      let document = try? JSONDocument(
        parsing: bytes, limits: .index, named: LayoutPaths.index, remainder: .ignored),
      document.consumedLength > 0
    else { return nil }
    return try? IndexFile(
      parsing: Array(bytes.prefix(document.consumedLength)), path: LayoutPaths.index)
  }

  /// The whole entries in the bytes, in order: two in-place writers leave a mixture of both, which may
  /// be half an entry, then whole ones.
  static func entries(in bytes: [UInt8]) -> [Descriptor] {
    var found: [Descriptor] = []
    var failures = 0
    var previous: UInt8 = 0
    var position = 0
    while position < bytes.count, failures < patience {
      let byte = bytes[position]
      // Entries are elements of an array; a descriptor with a name of its own, such as `subject`, is none.
      if byte == UInt8(ascii: "{"), [UInt8(ascii: "["), UInt8(ascii: ",")].contains(previous) {
        if let entry = entry(in: bytes[position...]) {
          found.append(entry.descriptor)
          position += entry.length
          previous = UInt8(ascii: "}")
          continue
        }
        failures += 1
      }
      if byte > 0x20 { previous = byte }
      position += 1
    }
    return found
  }

  private static func entry(
    in bytes: ArraySlice<UInt8>
  ) -> (descriptor: Descriptor, length: Int)? {
    for window in windows {
      let document = try? JSONDocument(
        parsing: Array(bytes.prefix(window)), limits: .index, named: LayoutPaths.index,
        remainder: .ignored)
      if let document {
        guard let descriptor = try? Descriptor(json: document.root) else { return nil }
        return (descriptor, document.consumedLength)
      }
      if bytes.count <= window { return nil }
    }
    return nil
  }
}
