internal import Store

/// Following paths inside a tree as a process would whose root it is, chroot(2).
extension ExtractedTree {
  /// Where a path leads.
  struct Resolution {
    /// The deepest name on the way that exists.
    var node: Node
    /// What does not exist beneath it.
    var missing: [[UInt8]]
  }

  /// What a path is followed for.
  enum Purpose {
    /// To see where it leads.
    case looking
    /// To put something there: the links on the way are used by the current layer.
    case placing
    /// To hide something of the layers below: a link that the current layer has made leads nowhere.
    case hiding
  }

  /// Follows a path; symbolic links are followed too, the last one included.
  ///
  /// Absolute targets begin at the root of the tree, `..` stops there, and what does not exist is
  /// kept as it is written.
  ///
  /// - Throws: ``EntryError/tooManyLinks`` beyond 255 links, or 16 384 steps in all.
  func resolve(
    _ path: ArraySlice<UInt8>, for purpose: Purpose = .looking
  ) throws(EntryError) -> Resolution {
    var place = Resolution(node: .root, missing: [])
    var rest = path
    var linkCount = 0
    var stepCount = 0
    while !rest.isEmpty {
      let end = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
      let component = rest[rest.startIndex..<end]
      rest = rest[min(end + 1, rest.endIndex)...]
      stepCount += 1
      if stepCount > 16_384 { throw .tooManyLinks }
      guard let target = step(component, purpose, &place) else { continue }
      linkCount += 1
      if linkCount > 255 { throw .tooManyLinks }
      if target.first == UInt8(ascii: "/") { place.node = .root }
      var longer = Array(target)
      longer.append(UInt8(ascii: "/"))
      longer.append(contentsOf: rest)
      rest = longer[...]
    }
    return place
  }

  /// What a hard link is to be another name of.
  ///
  /// - Throws: ``EntryError`` when there is nothing, or a directory.
  func linkTarget(_ target: [UInt8], _ limits: ExtractionLimits) throws(EntryError) -> Node {
    var path = EntryPath()
    try path.assign(target, limits)
    let place = try resolve(path.parent)
    guard place.missing.isEmpty, !path.isRoot else { throw .missingLinkTarget(target: target) }
    let node = path.base.withUnsafeBytes { child(of: place.node, named: $0) }
    guard node != .none else { throw .missingLinkTarget(target: target) }
    guard self[node].kind != .directory else { throw .linkToDirectory(target: target) }
    return node
  }

  /// Goes one component further; returns the target when that is a symbolic link.
  private func step(
    _ component: ArraySlice<UInt8>, _ purpose: Purpose, _ place: inout Resolution
  ) -> UnsafeRawBufferPointer? {
    if component.isEmpty || component.elementsEqual([UInt8(ascii: ".")]) { return nil }
    if component.elementsEqual([UInt8(ascii: "."), UInt8(ascii: ".")]) {
      if place.missing.popLast() == nil, place.node != .root {
        place.node = parent(of: place.node)
      }
      return nil
    }
    guard place.missing.isEmpty, self[place.node].kind == .directory else {
      place.missing.append(Array(component))
      return nil
    }
    let child = component.withUnsafeBytes { self.child(of: place.node, named: $0) }
    if child == .none {
      place.missing.append(Array(component))
      return nil
    }
    guard self[child].kind == .symbolicLink else {
      place.node = child
      return nil
    }
    if purpose == .hiding, isNew(child) {
      place.missing.append(Array(component))
      return nil
    }
    if purpose == .placing { touch(child) }
    return text(of: self[child])
  }
}
