import Glibc
import Journal
import Store
import Synchronization
import TestSupport
import Testing

/// A file system that can rename but not exchange.
@Suite struct RenameFallbackTests {
  private final class Written: Sendable {
    let flag = Mutex(false)
  }

  @Test func `who writes in place between the look and the rename loses nothing`() async throws {
    await #expect(processExitsWith: .success) {
      try #require(
        FailPlan.install(plan: "publish.exchange:EINVAL", log: nil, markers: false))
      let layout = try TestLayout()
      try layout.tag("t", to: "a")
      let image = try layout.addForeignImage("theirs")
      let index = layout.path + "/index.json"
      let bytes = layout.foreignBytes(from: try layout.index()) {
        $0.append(image.settingAnnotation(Annotations.referenceName, to: "x"))
      }
      let written = Written()
      FailPlan.observe { point in
        guard point == "publish.rename" else { return }
        written.flag.withLock { isWritten in
          if !isWritten { try? Files.write(bytes, to: index) }
          isWritten = true
        }
      }
      try layout.tag("u", to: "b")
      try #require(written.flag.withLock { $0 })
      try #require(try layout.tags().keys.sorted() == ["a", "b", "t", "u", "x"])
      try #require(try layout.log().map(\.kind) == [.reapply, .external, .tag, .tag, .adopt])
      try #require(try layout.problems() == [])
      try #require(try layout.recover().isEmpty)
    }
  }

  @Test(arguments: ForeignStyle.allCases)
  func `without an exchange, who slips in before the rename loses nothing`(
    style: ForeignStyle
  ) async throws {
    let name = "\(style)"
    await #expect(processExitsWith: .success) { [name = name as String] in
      let style = try #require(ForeignStyle.allCases.first { "\($0)" == name })
      try #require(
        FailPlan.install(plan: "publish.exchange:EINVAL", log: nil, markers: false))
      let layout = try TestLayout()
      try layout.tag("t", to: "a")
      let image = try layout.addForeignImage("theirs")
      try layout.tag("u", to: "b") {
        try layout.changeForeign(style) {
          $0.append(image.settingAnnotation(Annotations.referenceName, to: "x"))
        }
      }
      try #require(try layout.tags().keys.sorted() == ["a", "b", "t", "u", "x"])
      try #require(try layout.log().map(\.kind) == [.reapply, .external, .tag, .tag, .adopt])
      try #require(try layout.problems() == [])
      try #require(try layout.recover().isEmpty)
    }
  }
}
