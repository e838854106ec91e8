import Store
import TestSupport
import Testing

@Suite struct DocumentChildrenTests {
  private static let layer = Descriptor(
    mediaType: .layer, digest: .sha256(of: [1]), size: 1)
  private static let subject = Descriptor(
    mediaType: .imageManifest, digest: .sha256(of: [2]), size: 2)

  private func references(_ root: JSONObject, _ type: MediaType) throws -> [BlobReference] {
    let bytes = JSONDocument(.object(root)).serialized()
    return try BlobReference.references(
      in: bytes,
      of: Descriptor(mediaType: type, digest: .sha256(of: bytes), size: Int64(bytes.count)))
  }

  @Test func `an artifact's blobs are followed, and what it is about`() throws {
    let root: JSONObject = [
      "mediaType": JSONValue(MediaType.artifactManifest.rawValue),
      "blobs": [.object(Self.layer.json)], "subject": .object(Self.subject.json),
    ]
    let found = try references(root, .artifactManifest)
    #expect(found.map(\.digest) == [Self.layer.digest, Self.subject.digest])
    #expect(found.map(\.isSubject) == [false, true])
    #expect(found.map(\.isOptional) == [false, true])
  }

  @Test func `a broken artifact is no document of its type`() {
    #expect(throws: BlobError.self) { try references(["blobs": [7]], .artifactManifest) }
  }

  @Test func `whatever looks like a descriptor in JSON of an unknown type may be referred to`()
    throws
  {
    let root: JSONObject = [
      "deep": [["within": .object(Self.layer.json)], .object(Self.layer.json)],
      "digest": "sha256:no", "size": 3, "subject": .object(Self.subject.json),
    ]
    let found = try references(root, "application/vnd.example.thing.v1+json")
    #expect(found.map(\.digest) == [Self.layer.digest, Self.subject.digest])
    #expect(found.allSatisfy(\.isOptional) && found[1].isSubject)
    let decoded = try #require(BlobReference.decode(BlobReference.encode(found)))
    #expect(decoded == found)
  }

  @Test func `what is no JSON refers to nothing`() throws {
    let bytes: [UInt8] = Array("{".utf8)
    let descriptor = Descriptor(
      mediaType: "application/json", digest: .sha256(of: bytes), size: 1)
    #expect(try BlobReference.references(in: bytes, of: descriptor) == [])
  }

  @Test(arguments: [
    ("application/vnd.example+json", true), ("application/json", true),
    ("application/vnd.oci.image.config.v1+json", false), ("application/octet-stream", false),
    ("application/vnd.oci.artifact.manifest.v1+json", false), ("", false),
  ])
  func `JSON of types that are known is not unknown`(type: String, isUnknown: Bool) {
    #expect(MediaType(rawValue: type).isUnknownJSON == isUnknown)
  }
}
