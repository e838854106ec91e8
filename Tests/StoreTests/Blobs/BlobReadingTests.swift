import Glibc
import Store
import TestSupport
import Testing

@Suite struct BlobReadingTests {
  private let folder: TemporaryDirectory
  private let builder: LayoutBuilder
  private let layout: ImageLayout

  init() throws {
    folder = try TemporaryDirectory()
    builder = try LayoutBuilder(at: folder("layout"))
    layout = try builder.finish()
  }

  private func document(_ text: String = #"{"a":1}"#) throws -> Descriptor {
    try builder.addBlob(text, mediaType: "application/json")
  }

  private func overwrite(_ descriptor: Descriptor, with text: String) throws {
    try Files.write(text, to: builder.path(of: descriptor.digest))
  }

  private func failure(_ descriptor: Descriptor) -> BlobError? {
    #expect(throws: BlobError.self) { try layout.blobs.readDocument(descriptor) }
  }

  @Test(arguments: [DigestAlgorithm.sha256, .sha512])
  func `a blob is read as it was written`(algorithm: DigestAlgorithm) throws {
    let bytes = RandomBytes.make(300_000)
    let blob = try builder.addBlob(bytes, mediaType: "x/y", algorithm: algorithm)
    #expect(try layout.blobs.readDocument(blob) == bytes)
    try layout.blobs.verify(blob.digest, size: blob.size)
    #expect(try layout.blobs.contains(blob.digest, size: blob.size))
    #expect(try !layout.blobs.contains(blob.digest, size: blob.size + 1))
  }

  @Test func `an empty blob is a blob`() throws {
    let blob = try builder.addBlob("", mediaType: "x/y")
    #expect(try layout.blobs.readDocument(blob) == [])
  }

  // MARK: - Digest and size; which is told is part of the contract

  @Test func `other content of the same size is a digest mismatch`() throws {
    let blob = try document()
    try overwrite(blob, with: #"{"a":2}"#)
    #expect(failure(blob)?.description.contains("verified reader digest mismatch") == true)
  }

  @Test func `a blank at the start is a digest mismatch`() throws {
    let blob = try document()
    try overwrite(blob, with: #" {"a":1}"#)
    #expect(failure(blob)?.description.contains("verified reader digest mismatch") == true)
  }

  @Test func `a byte too many is a size mismatch`() throws {
    let blob = try document()
    try overwrite(blob, with: "{\"a\":1}\0")
    #expect(failure(blob)?.description.contains("verified reader size mismatch") == true)
  }

  @Test func `a blob that ends too early is a digest mismatch`() throws {
    let blob = try document()
    try overwrite(blob, with: #"{"a":"#)
    #expect(failure(blob)?.description.contains("verified reader digest mismatch") == true)
  }

  @Test func `a descriptor that claims too much is a size mismatch`() throws {
    let blob = try document()
    let greedy = Descriptor(mediaType: "x/y", digest: blob.digest, size: blob.size + 1)
    #expect(failure(greedy)?.description.contains("verified reader size mismatch") == true)
  }

  @Test func `a descriptor that claims too little is a digest mismatch`() throws {
    let blob = try document()
    let modest = Descriptor(mediaType: "x/y", digest: blob.digest, size: blob.size - 1)
    #expect(failure(modest)?.description.contains("verified reader digest mismatch") == true)
  }

  // MARK: - What is no blob

  @Test func `a blob that is not there is missing`() throws {
    let blob = try document()
    try Files.remove(builder.path(of: blob.digest))
    let error = failure(blob)
    guard case .missing(blob.digest) = error else {
      Issue.record("unexpected \(String(describing: error))")
      return
    }
    #expect(error?.category == .notFound)
  }

  @Test(arguments: ["folder", "fifo", "link", "loop", "socket"])
  func `what is no regular file is told as that, without waiting`(kind: String) throws {
    let blob = try document()
    let path = builder.path(of: blob.digest)
    try Files.remove(path)
    switch kind {
    case "folder": try Files.makeDirectory(path)
    case "fifo": #expect(mkfifo(path, 0o644) == 0)
    case "socket": #expect(mknod(path, S_IFSOCK | 0o644, 0) == 0)
    case "link": try Files.link(path, to: "/dev/zero")
    default: try Files.link(path, to: path)
    }
    let error = failure(blob)
    guard case .notAFile(blob.digest) = error else {
      Issue.record("unexpected \(String(describing: error))")
      return
    }
  }

  @Test func `an algorithm that cannot be computed is unsupported`() throws {
    let digest = try Digest(parsing: "md5:0123")
    try Files.makeDirectory(builder.path + "/blobs/md5")
    try Files.write("x", to: builder.path(of: digest))
    let error = failure(Descriptor(mediaType: "x/y", digest: digest, size: 1))
    #expect(error?.category == .unsupported)
  }

  @Test func `a document above the limit is refused whatever its file has`() throws {
    let blob = try document()
    let huge = Descriptor(mediaType: "x/y", digest: blob.digest, size: .max)
    guard case .tooLarge = failure(huge) else {
      Issue.record("not refused")
      return
    }
  }

  @Test func `a document that somebody is just writing is waited for`() throws {
    let blob = try document()
    let path = builder.path(of: blob.digest)
    try overwrite(blob, with: "")
    let writer = Worker {
      usleep(100_000)
      try? Files.write(#"{"a":1}"#, to: path)
    }
    defer { writer.join() }
    #expect(try layout.blobs.readDocument(blob) == Array(#"{"a":1}"#.utf8))
  }

  // MARK: - Embedded data

  @Test(arguments: [
    ("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYmFy", "foobar"),
    ("Pj8+Pw==", ">?>?"),
  ])
  func `embedded data is used and the file is not looked at`(spelt: String, text: String) throws {
    let blob = try document(text)
    if !text.isEmpty { try Files.remove(builder.path(of: blob.digest)) }
    let descriptor = try blob.with("data", JSONValue(spelt))
    #expect(try layout.blobs.readDocument(descriptor) == Array(text.utf8))
  }

  @Test(arguments: ["Zm9", "Zm9v=", "====", "Z===", "Zm 9", "Zm9v\n", "Zm9_"])
  func `embedded data that is not base64 is refused`(spelt: String) throws {
    let descriptor = try document("foo").with("data", JSONValue(spelt))
    #expect(failure(descriptor)?.category == .invalidContent)
  }

  @Test func `of embedded data the digest is checked before the size`() throws {
    let blob = try document("foo")
    let other = try blob.with("data", "Zm9vYmFy")
    #expect(failure(other)?.description.contains("digest mismatch") == true)
    let longer = try Descriptor(mediaType: "x/y", digest: blob.digest, size: 4).with("data", "Zm9v")
    #expect(failure(longer)?.description.contains("size mismatch") == true)
  }
}
