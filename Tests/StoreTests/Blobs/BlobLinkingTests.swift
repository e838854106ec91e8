import Glibc
import Store
import TestSupport
import Testing

@Suite struct BlobLinkingTests {
  private let folder: TemporaryDirectory
  private let builder: LayoutBuilder
  private let layout: ImageLayout
  private let stage: StagingArea

  init() throws {
    folder = try TemporaryDirectory()
    builder = try LayoutBuilder(at: folder("layout"))
    layout = try builder.finish()
    stage = try Self.makeStage(in: layout)
  }

  private static func makeStage(in layout: ImageLayout) throws -> StagingArea {
    let directory = try layout.root.openOrCreateDirectory(
      "stage", policy: layout.policy, "test.create-stage")
    return StagingArea(directory, policy: layout.policy, durability: .full)
  }

  private let bytes = Array("the content".utf8)

  private func path(_ blob: StagedBlob) -> String { builder.path(of: blob.digest) }

  @Test(arguments: [DigestAlgorithm.sha256, .sha512])
  func `a staged blob appears in the layout when it is linked`(algorithm: DigestAlgorithm) throws {
    let blob = try stage.stage(bytes, algorithm: algorithm)
    #expect(!Files.exists(path(blob)))
    #expect(blob.size == Int64(bytes.count))
    try layout.blobs.link([blob], from: stage)
    #expect(try layout.blobs.readDocument(blob.descriptor(mediaType: "x/y")) == bytes)
    #expect(stage.blob(blob.digest) == blob)
  }

  @Test func `a blob written in pieces has the digest of the whole`() throws {
    var writer = try stage.makeWriter()
    for byte in bytes { try writer.write([byte]) }
    let blob = try stage.finish(writer)
    #expect(blob.digest == Digest.sha256(of: bytes))
    #expect(blob.size == Int64(bytes.count))
  }

  @Test func `linking twice changes nothing`() throws {
    let blob = try stage.stage(bytes)
    try layout.blobs.link([blob], from: stage)
    let before = try Files.listing(builder.path + "/blobs")
    let again = try stage.stage(bytes)
    try layout.blobs.link([again, blob], from: stage)
    #expect(try Files.listing(builder.path + "/blobs") == before)
  }

  @Test(arguments: ["content", "size", "fifo", "link"])
  func `a bad blob that is there already is replaced`(defect: String) throws {
    let blob = try stage.stage(bytes)
    switch defect {
    case "content": try Files.write("THE CONTENT", to: path(blob))
    case "size": try Files.write("the content, and more", to: path(blob))
    case "fifo": #expect(mkfifo(path(blob), 0o644) == 0)
    default: try Files.link(path(blob), to: "/dev/null")
    }
    try layout.blobs.link([blob], from: stage)
    try layout.blobs.verify(blob.digest, size: blob.size)
  }

  @Test func `a folder in a blob's place is an error and stays`() throws {
    let blob = try stage.stage(bytes)
    try Files.makeDirectory(path(blob) + "/inside")
    #expect(throws: BlobError.self) { try layout.blobs.link([blob], from: stage) }
    #expect(Files.exists(path(blob) + "/inside"))
  }

  /// What happens in a child process whose system calls fail as planned.
  private static func link(_ layoutPath: String, plan: String) -> Int32 {
    do {
      let layout = try ImageLayout.open(layoutPath)
      let stage = try makeStage(in: layout)
      let blob = try stage.stage(Array("the content".utf8))
      guard FailPlan.install(plan: plan, log: nil, markers: false) else { return 99 }
      try layout.blobs.link([blob], from: stage)
      return 0
    } catch let error as any DiagnosableError {
      return error.category.rawValue
    } catch {
      return 98
    }
  }

  @Test(arguments: ["EPERM", "EMLINK", "EXDEV", "EOPNOTSUPP"])
  func `where links are refused a blob is moved`(code: String) async throws {
    await #expect(processExitsWith: .success) {
      [path = builder.path as String, code = code as String] in
      exit(Self.link(path, plan: "blobs.link:\(code)"))
    }
    #expect(try Files.read(builder.path(of: Digest.sha256(of: bytes))) == bytes)
  }

  @Test func `where links are refused a bad blob is replaced too`() async throws {
    let path = builder.path(of: Digest.sha256(of: bytes))
    try Files.write("bad", to: path)
    await #expect(processExitsWith: .success) { [path = builder.path as String] in
      exit(Self.link(path, plan: "blobs.link-replacement:EPERM"))
    }
    #expect(try Files.read(path) == bytes)
  }

  @Test(arguments: [
    ("blobs.link:ENOSPC", 74), ("blobs.link:EROFS", 77), ("blobs.sync-folder:EIO", 74),
  ])
  func `other failures are reported`(plan: String, status: Int32) async throws {
    await #expect(processExitsWith: .exitCode(status)) {
      [path = builder.path as String, plan = plan as String] in
      exit(Self.link(path, plan: plan))
    }
  }
}
