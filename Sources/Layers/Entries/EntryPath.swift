/// The name of an entry, cleaned as if the root file system were the root.
///
/// It has no empty component, no dot and no way up. Nothing is followed; that is the resolver's task.
struct EntryPath {
  /// The components joined by slashes; empty for the root.
  private(set) var bytes: [UInt8] = []
  private var baseStart = 0
  /// Whether a component may begin like a whiteout.
  private(set) var mayHaveWhiteout = false

  /// The last component; empty for the root.
  var base: ArraySlice<UInt8> { bytes[baseStart...] }

  /// Everything before the last component, without a slash at the end.
  var parent: ArraySlice<UInt8> { bytes[..<max(baseStart - 1, 0)] }

  var isRoot: Bool { bytes.isEmpty }

  /// Takes over a name as stored in an archive, keeping the room that is there.
  ///
  /// - Throws: ``EntryError/limit(_:)`` when it is too long or too deep.
  mutating func assign(_ name: [UInt8], _ limits: ExtractionLimits) throws(EntryError) {
    guard name.count <= limits.pathLength else {
      throw .limit(.pathLength(limit: limits.pathLength))
    }
    bytes.removeAll(keepingCapacity: true)
    baseStart = 0
    mayHaveWhiteout = false
    var depth = 0
    try name.bytes { name throws(EntryError) in
      var start = 0
      while start < name.count {
        let length = name[start...].firstIndex(of: UInt8(ascii: "/")).map { $0 - start }
        let component = name[start..<start + (length ?? name.count - start)]
        start = component.endIndex + 1
        try add(UnsafeRawBufferPointer(rebasing: component), &depth, limits)
      }
    }
  }

  private mutating func add(
    _ component: UnsafeRawBufferPointer, _ depth: inout Int, _ limits: ExtractionLimits
  ) throws(EntryError) {
    let dot = UInt8(ascii: ".")
    if component.isEmpty || (component.count == 1 && component[0] == dot) { return }
    if component.count == 2, component[0] == dot, component[1] == dot {
      removeLast()
      depth = max(depth - 1, 0)
      return
    }
    guard component.count <= 255 else { throw .limit(.nameLength(limit: 255)) }
    depth += 1
    guard depth <= limits.pathDepth else { throw .limit(.pathDepth(limit: limits.pathDepth)) }
    append(component)
  }

  private mutating func append(_ component: UnsafeRawBufferPointer) {
    if !bytes.isEmpty { bytes.append(UInt8(ascii: "/")) }
    baseStart = bytes.count
    if component[0] == UInt8(ascii: "."), component.starts(with: Whiteout.prefix) {
      mayHaveWhiteout = true
    }
    bytes.append(contentsOf: component)
  }

  private mutating func removeLast() {
    bytes.removeLast(bytes.count - max(baseStart - 1, 0))
    baseStart = (bytes.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1
  }
}
