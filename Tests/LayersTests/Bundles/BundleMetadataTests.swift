import Layers
import Store
import Testing

@Suite struct BundleMetadataTests {
  /// What umoci 0.4.7 wrote for a bundle, with mappings added.
  private static let file = """
    {"umoci_version":"2","from_descriptor_path":{"descriptor_walk":[{"mediaType":\
    "application/vnd.oci.image.manifest.v1+json","digest":"sha256:\
    2f98a538bfcd8b26c2f38c7437f620fc02e19006100349eee124ecc6ef7a1e0a","size":192,"annotations":\
    {"org.opencontainers.image.ref.name":"e"}}]},"map_options":{"uid_mappings":[{"containerID":0,\
    "hostID":1337,"size":65535}],"gid_mappings":null,"rootless":true}}

    """

  @Test func `umoci's file is read and written byte for byte`() throws {
    let metadata = try BundleMetadata(parsing: Array(Self.file.utf8), named: "umoci.json")
    #expect(metadata.descriptorWalk.count == 1)
    #expect(metadata.descriptorWalk[0].referenceName == "e")
    #expect(
      metadata.mapping
        == OwnershipMapping(
          userMappings: [IDMapping(containerID: 0, hostID: 1337, size: 65535)], isRootless: true))
    #expect(
      metadata.mtreeFileName
        == "sha256_2f98a538bfcd8b26c2f38c7437f620fc02e19006100349eee124ecc6ef7a1e0a.mtree")
    #expect(String(decoding: metadata.serialized(), as: UTF8.self) == Self.file)
  }

  @Test func `what other versions add is passed over`() throws {
    let text = Self.file.replacing(
      "\"rootless\":true}", "\"rootless\":null,\"x\":1},\"whiteout_mode\":0,\"new\":[]")
    let metadata = try BundleMetadata(parsing: Array(text.utf8), named: "umoci.json")
    #expect(!metadata.mapping.isRootless)
  }

  @Test(arguments: [
    ("\"umoci_version\":\"2\"", "\"umoci_version\":\"1\"", "the version is '1', and not '2'"),
    ("\"umoci_version\":\"2\"", "\"umoci_version\":2", "the version is '2', and not '2'"),
    ("\"umoci_version\":\"2\",", "", "the version is '', and not '2'"),
    ("\"rootless\":true}", "\"rootless\":true},\"whiteout_mode\":1", "whiteout mode 1"),
    ("\"rootless\":true", "\"rootless\":1", "rootless is not true or false"),
    ("image.manifest", "image.index", "is not the type of an image manifest"),
    ("\"hostID\":1337", "\"hostID\":4294967296", "hostID is not a number of 32 bits"),
    ("\"gid_mappings\":null", "\"gid_mappings\":{}", "gid_mappings is not a list"),
    ("\"gid_mappings\":null", "\"gid_mappings\":[0]", "gid_mappings is not an object"),
    ("sha256:2f", "sha256:2g", "descriptor_walk[0]: digest"),
    ("\"from_descriptor_path\"", "\"from\"", "from_descriptor_path is not an object"),
    ("\"rootless\":true}}", "\"rootless\":true}", "ends too early"),
  ])
  func `a damaged file is refused with the place`(old: String, new: String, message: String) {
    let bytes = Array(Self.file.replacing(old, new).utf8)
    let error = #expect(throws: BundleError.self) {
      try BundleMetadata(parsing: bytes, named: "b/umoci.json")
    }
    let text = error?.description ?? ""
    #expect(text.hasPrefix("b/umoci.json: ") && text.contains(message), "\(text)")
  }

  @Test func `a walk of no descriptors is refused`() {
    let text = """
      {"umoci_version":"2","from_descriptor_path":{"descriptor_walk":[]}}
      """
    let error = #expect(throws: BundleError.self) {
      try BundleMetadata(parsing: Array(text.utf8), named: "umoci.json")
    }
    #expect(error?.description == "umoci.json: descriptor_walk is not a list of descriptors")
    #expect(throws: BundleError.self) {
      try BundleMetadata(descriptorWalk: [], mapping: .identity)
    }
  }

  @Test func `a fifo in place of the file is refused and does not block`() throws {
    let folder = try TemporaryFolder()
    try run("mkfifo", folder("umoci.json"))
    #expect(throws: BundleError.self) { try BundleMetadata.read(bundle: folder.path) }
    let empty = try TemporaryFolder()
    #expect(throws: SyscallError.self) { try BundleMetadata.read(bundle: empty.path) }
  }
}

extension String {
  /// The text with every occurrence of another replaced.
  func replacing(_ old: String, _ new: String) -> String {
    split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
  }
}
