extension DocumentChildren {
  /// A document in which every reference to `old` refers to new content instead; umoci-behaviour
  /// §5.6.
  ///
  /// Digest and size change, embedded data goes, and every other member, the media type included,
  /// stays. A document without such a reference keeps its bytes.
  ///
  /// - Throws: ``BlobError/invalidDocument(_:reason:)`` when it is no document of its type.
  public static func relinked(
    _ bytes: [UInt8], of descriptor: Descriptor, from old: Digest, to new: Descriptor
  ) throws(BlobError) -> [UInt8] {
    let name = descriptor.digest.description
    do {
      var document = try JSONDocument(parsing: bytes, limits: .blob, named: name)
      let root = try document.rootObject()
      if descriptor.mediaType == .descriptor {
        document.root = try relinked(document.root, from: old, to: new)
      } else {
        document.root = .object(try relinked(root, from: old, to: new))
      }
      return document.serialized()
    } catch {
      throw .invalidDocument(descriptor.digest, reason: "\(error)")
    }
  }

  private static func relinked(
    _ root: JSONObject, from old: Digest, to new: Descriptor
  ) throws(DocumentError) -> JSONObject {
    var root = root
    for name in ["manifests", "layers"] {
      guard let elements = try root.elements(name) else { continue }
      var changed: [JSONValue] = []
      for element in elements { changed.append(try relinked(element, from: old, to: new)) }
      if changed != elements { root[name] = JSONValue(changed) }
    }
    for name in ["config", "subject"] {
      guard let value = root.present(name) else { continue }
      let changed = try relinked(value, from: old, to: new)
      if changed != value { root[name] = changed }
    }
    return root
  }

  private static func relinked(
    _ value: JSONValue, from old: Digest, to new: Descriptor
  ) throws(DocumentError) -> JSONValue {
    let child = try Descriptor(json: value)
    guard child.digest == old else { return value }
    return .object(child.withDigest(new.digest, size: new.size).json)
  }
}
