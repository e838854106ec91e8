import Journal
import Store
import Synchronization
import TestSupport
import Testing

/// A foreign gc that takes a blob between our look at it and what we do with it.
@Suite struct CollectedContentTests {
  /// Has something done when a call is made for the first time.
  ///
  /// - Returns: What tells whether it was done.
  private static func once(
    at point: String, _ body: @escaping @Sendable () -> Void
  ) throws -> @Sendable () -> Bool {
    final class Flag: Sendable {
      let isDone = Mutex(false)
    }
    let flag = Flag()
    try #require(FailPlan.install(plan: nil, log: nil, markers: false))
    FailPlan.observe { name in
      guard name == point else { return }
      let isFirst = flag.isDone.withLock { isDone in
        defer { isDone = true }
        return !isDone
      }
      if isFirst { body() }
    }
    return { flag.isDone.withLock { $0 } }
  }

  private static func blob(_ text: String, in layout: TestLayout) -> String {
    layout.path + "/blobs/" + BlobStore.relativePath(of: .sha256(of: Array(text.utf8)))
  }

  @Test func `what is taken before it is synced is brought back`() async throws {
    await #expect(processExitsWith: .success) {
      let layout = try TestLayout()
      layout.durability = .full
      try layout.tag("t", to: "a")
      // Made anew under its name, it is synced again by whoever needs it.
      for text in ["first layer", "second layer"] {
        try Files.remove(Self.blob(text, in: layout))
        try Files.write(Array(text.utf8), to: Self.blob(text, in: layout))
      }
      let second = Self.blob("second layer", in: layout)
      let isTaken = try Self.once(at: "blobs.sync-present") { try? Files.remove(second) }
      try layout.tag("u", to: "a")
      try #require(isTaken())
      try #require(Files.exists(second))
      try #require(try layout.problems() == [])
    }
  }

  @Test func `what is taken of another tool's image before it is kept stops no writer`()
    async throws
  {
    await #expect(processExitsWith: .success) {
      let layout = try TestLayout()
      try layout.tag("t", to: "a")
      let image = try layout.addForeignImage("theirs")
      try layout.changeForeign(.rename) {
        $0.append(image.settingAnnotation(Annotations.referenceName, to: "x"))
      }
      let layer = Self.blob("theirs", in: layout)
      try #require(Files.exists(layer))
      let isTaken = try Self.once(at: "keep.link") { try? Files.remove(layer) }
      try layout.tag("u", to: "b")
      try #require(isTaken() && !Files.exists(layer))
      try #require(try layout.tags().keys.sorted() == ["a", "b", "t", "u", "x"])
      try #require(try layout.log().map(\.kind) == [.tag, .external, .tag, .adopt])
    }
  }
}
