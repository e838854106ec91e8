import Glibc
import Journal
import Store
import TestSupport
import Testing

/// A file system that can rename but not exchange.
@Suite struct RenameFallbackTests {
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
      try #require(try layout.log().map(\.kind) == [.heal, .external, .tag, .tag, .adopt])
      try #require(try layout.problems() == [])
      try #require(try layout.recover().isEmpty)
    }
  }
}
