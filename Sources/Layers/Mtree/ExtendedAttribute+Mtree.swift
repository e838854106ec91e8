internal import Store

extension ExtendedAttribute {
  /// The attributes of an open file as an mtree file lists them: all of them, or none at all when their
  /// names, or one value, take more than 1024 bytes (gomtree's buffers).
  ///
  /// Then there is a single one
  /// without a name that stands for all: their digest, of which an mtree file says nothing.
  package static func listedInMtree(of descriptor: Int32) -> [ExtendedAttribute] {
    let place = AttributePlace(descriptor: descriptor, link: nil)
    guard let names = place.names(), !names.isEmpty else { return [] }
    var attributes: [ExtendedAttribute] = []
    for name in names {
      // One that may not be read is the same as ever.
      attributes.append(ExtendedAttribute(name: name, value: place.value(of: name) ?? []))
    }
    let isListed =
      names.reduce(0) { $0 + $1.count + 1 } <= 1024
      && attributes.allSatisfy { $0.value.count <= 1024 }
    return isListed ? attributes : [ExtendedAttribute(name: [], value: digest(of: attributes))]
  }

  /// Whether it stands for attributes that an mtree file says nothing of.
  var isUnlisted: Bool { name.isEmpty }

  /// The SHA-256 of attributes, whatever their order.
  static func digest(of attributes: [ExtendedAttribute]) -> [UInt8] {
    var hasher = ContentHasher.makeSHA256()
    for attribute in attributes.sorted(by: { $0.name.lexicographicallyPrecedes($1.name) }) {
      hasher.update(Array("\(attribute.name.count) \(attribute.value.count) ".utf8))
      hasher.update(attribute.name)
      hasher.update(attribute.value)
    }
    return withUnsafeBytes(of: hasher.finalizeBytes()) { Array($0) }
  }
}
