/// What a document refers to, in the order of its fields; umoci-behaviour §5.2.
public enum DocumentChildren {
  /// Whether blobs of that type are documents whose references are followed.
  ///
  /// OCI's and Docker's indexes and manifests, those of artifacts, and `descriptor` documents. Configs
  /// are documents too but refer to nothing.
  public static func refersToOthers(_ type: MediaType) -> Bool {
    type.isIndex || type.isManifest || type == .descriptor || type == .artifactManifest
  }

  /// The descriptors in a document of that type, `subject` last.
  ///
  /// In JSON of an unknown type (``MediaType/isUnknownJSON``) these are all objects that could be descriptors.
  ///
  /// - Throws: ``BlobError/invalidDocument(_:reason:)`` when it is no document of its type.
  public static func descriptors(
    in bytes: [UInt8], of descriptor: Descriptor
  ) throws(BlobError) -> [Descriptor] {
    let type = descriptor.mediaType
    let name = descriptor.digest.description
    do {
      if type.isIndex {
        let index = try ImageIndex(parsing: bytes, limits: .blob, named: name)
        return index.entries.map(\.descriptor) + [index.subject].compactMap { $0 }
      }
      if type.isManifest {
        let manifest = try ImageManifest(parsing: bytes, named: name)
        return [manifest.config] + manifest.layers + [manifest.subject].compactMap { $0 }
      }
      if type == .descriptor {
        return [try Descriptor(json: JSONDocument(parsing: bytes, limits: .blob, named: name).root)]
      }
      if type == .artifactManifest {
        let root = try JSONDocument(parsing: bytes, limits: .blob, named: name).rootObject()
        return try root.descriptors("blobs") + [root.descriptor("subject")].compactMap { $0 }
      }
      return type.isUnknownJSON ? possibleDescriptors(in: bytes, named: name) : []
    } catch {
      throw .invalidDocument(descriptor.digest, reason: "\(error)")
    }
  }

  /// The descriptor in a document's `subject`, whose content need not exist (image-spec v1.1.1,
  /// manifest.md).
  ///
  /// - Throws: ``BlobError/invalidDocument(_:reason:)`` when it is no document of its type.
  public static func subject(
    in bytes: [UInt8], of descriptor: Descriptor
  ) throws(BlobError) -> Descriptor? {
    let type = descriptor.mediaType
    let name = descriptor.digest.description
    do {
      if type.isIndex {
        return try ImageIndex(parsing: bytes, limits: .blob, named: name).subject
      }
      if type.isManifest { return try ImageManifest(parsing: bytes, named: name).subject }
      guard type == .artifactManifest || type.isUnknownJSON else { return nil }
      let document = try JSONDocument(parsing: bytes, limits: .blob, named: name)
      if type == .artifactManifest { return try document.rootObject().descriptor("subject") }
      return (try? document.root.objectValue?.descriptor("subject")) ?? nil
    } catch {
      if type.isUnknownJSON { return nil }
      throw .invalidDocument(descriptor.digest, reason: "\(error)")
    }
  }

  /// Everything in a text that has a digest and a size as descriptors have them, each once, the `subject` of
  /// the document last; nothing when it is no JSON.
  private static func possibleDescriptors(
    in bytes: [UInt8], named name: String
  ) -> [Descriptor] {
    guard let root = try? JSONDocument(parsing: bytes, limits: .blob, named: name).root else {
      return []
    }
    let subject = (try? root.objectValue?.descriptor("subject")) ?? nil
    var seen: Set<Digest> = []
    var found: [Descriptor] = []
    var pending = [root]
    while let value = pending.popLast() {
      if let elements = value.arrayValue?.elements { pending += elements }
      guard let object = value.objectValue else { continue }
      pending += object.members.map(\.value)
      if let descriptor = try? Descriptor(json: object), descriptor.digest != subject?.digest,
        seen.insert(descriptor.digest).inserted
      {
        found.append(descriptor)
      }
    }
    return found + [subject].compactMap { $0 }
  }
}
