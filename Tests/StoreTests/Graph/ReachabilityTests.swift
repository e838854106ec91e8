import Store
import TestSupport
import Testing

@Suite struct ReachabilityTests {
  private func descriptor(_ text: String, _ type: MediaType) -> Descriptor {
    Descriptor(
      mediaType: type, digest: Digest.sha256(of: Array(text.utf8)), size: Int64(text.utf8.count))
  }

  @Test func `references survive being written and read`() throws {
    let other = try Digest(parsing: "blake3+x:abcDEF=_-")
    let references = [
      BlobReference(descriptor("a", .imageManifest)),
      BlobReference(descriptor("b", .imageIndex), isSubject: true),
      BlobReference(descriptor("c", .emptyJSON)), BlobReference(descriptor("d", .descriptor)),
      BlobReference(try descriptor("e", .layer).with("urls", ["https://example.org/e"])),
      BlobReference(Descriptor(mediaType: "x", digest: other, size: .max)),
    ]
    let bytes = BlobReference.encode(references)
    #expect(BlobReference.decode(bytes) == references)
    for count in 1..<bytes.count {
      let prefix = BlobReference.decode(Array(bytes.prefix(count)))
      #expect(prefix == nil || references.starts(with: prefix ?? []))
    }
  }

  @Test func `a blob keeps the strongest mark, however it is reached first`() {
    let (manifest, layer) = (descriptor("m", .imageManifest), descriptor("l", .layer))
    let children = { (_: BlobReference) -> [BlobReference]? in [BlobReference(layer)] }
    var reach = Reachability()
    reach.mark([BlobReference(manifest)], as: .past, children: children)
    #expect(reach[layer.digest]?.strength == .past)
    reach.mark([BlobReference(manifest)], as: .live, children: children)
    #expect(reach[layer.digest]?.strength == .live)
    reach.mark([BlobReference(manifest)], as: .history, children: children)
    #expect(reach[layer.digest]?.strength == .live)
    #expect(reach.isReached(layer.digest, as: .history))
  }

  @Test func `a document that comes back is asked again for what it needs`() {
    let (manifest, layer) = (descriptor("m", .imageManifest), descriptor("l", .layer))
    var reach = Reachability()
    reach.mark([BlobReference(manifest)], as: .live) { _ in nil }
    #expect(reach.unreadable == [manifest.digest])
    #expect(reach.forgetUnread { _ in false }.isEmpty)
    #expect(reach.forgetUnread { $0 == manifest.digest } == [manifest.digest])
    #expect(reach.unreadable.isEmpty)
    reach.mark([BlobReference(manifest)], as: .history) { _ in [BlobReference(layer)] }
    #expect(reach[layer.digest]?.strength == .history)
    #expect(reach[manifest.digest]?.strength == .live)
  }

  @Test func `a subject may be missing, what else is referred to may not`() {
    let (manifest, subject) = (descriptor("m", .imageManifest), descriptor("s", .imageManifest))
    var reach = Reachability()
    reach.mark([BlobReference(manifest)], as: .live) { document in
      document.digest == manifest.digest ? [BlobReference(subject, isSubject: true)] : nil
    }
    #expect(reach.unreadable.isEmpty && reach[subject.digest]?.isRequired == false)
    reach.mark([BlobReference(subject)], as: .history) { _ in nil }
    #expect(reach[subject.digest]?.isRequired == true)
  }
}
