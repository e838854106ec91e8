/// What a document refers to, in the order of its fields; umoci-behaviour §5.2.
public enum DocumentChildren {
  /// Whether blobs of that type are documents whose references are followed.
  ///
  /// OCI's and Docker's indexes and manifests, and `descriptor` documents. Configs are documents
  /// too but refer to nothing.
  public static func refersToOthers(_ type: MediaType) -> Bool {
    type.isIndex || type.isManifest || type == .descriptor
  }

  /// The descriptors in a document of that type, `subject` last.
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
      return []
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
      return type.isManifest ? try ImageManifest(parsing: bytes, named: name).subject : nil
    } catch {
      throw .invalidDocument(descriptor.digest, reason: "\(error)")
    }
  }
}
