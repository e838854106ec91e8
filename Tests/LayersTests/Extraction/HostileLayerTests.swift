import Glibc
import Layers
import Store
import TestSupport
import Testing

/// Layers that try to reach out of the root file system.
///
/// Whatever becomes of them, the canary tree beside it must not change.
struct HostileLayerTests {
  struct Attack: CustomTestStringConvertible {
    let testDescription: String
    let layers: [[UInt8]]
    /// A part of the error's text; nil when the layers are harmless once confined.
    let refusal: String?
    /// Paths that must exist afterwards.
    var makes: [String] = []

    init(
      _ description: String, _ refusal: String? = nil, makes: [String] = [],
      _ layers: ((inout TarBuilder) -> Void)...
    ) {
      testDescription = description
      self.refusal = refusal
      self.makes = makes
      self.layers = layers.map { TarBuilder.make($0) }
    }
  }

  static let attacks: [Attack] = [
    Attack("dot-dot names stay inside", makes: ["outside/canary"]) {
      $0.file("../../outside/canary", "evil")
    },
    Attack("absolute names stay inside", makes: ["etc/evil"]) { $0.file("/etc/evil", "evil") },
    Attack("an absolute link is followed inside", makes: ["outside/evil"]) {
      $0.symbolicLink("link", to: "/outside")
      $0.file("link/evil", "evil")
    },
    Attack("a relative link upwards is followed inside", makes: ["outside/evil"]) {
      $0.symbolicLink("link", to: "../../outside")
      $0.file("link/evil", "evil")
    },
    Attack("a link chain is followed inside", makes: ["outside/dir/evil"]) {
      $0.symbolicLink("a", to: "b/dir")
      $0.symbolicLink("b", to: "c")
      $0.symbolicLink("c", to: "../../../outside")
      $0.file("a/evil", "evil")
    },
    Attack("a file is not written through a link", makes: ["canary"]) {
      $0.symbolicLink("canary", to: "../canary")
      $0.file("canary", "evil")
    },
    Attack("a link becomes a directory between layers", makes: ["dir/evil"]) {
      $0.symbolicLink("dir", to: "../../outside/dir")
    } _: {
      $0.directory("dir")
      $0.file("dir/evil", "evil")
    },
    Attack("a directory becomes a link between layers", makes: ["outside/dir/evil"]) {
      $0.directory("dir")
      $0.file("dir/file")
    } _: {
      $0.symbolicLink("dir", to: "../../outside/dir")
      $0.file("dir/evil", "evil")
    },
    Attack("a hard link to the outside", "does not exist") {
      $0.hardLink("evil", to: "../../outside/canary")
    },
    Attack("a hard link through a link to the outside", "does not exist") {
      $0.symbolicLink("link", to: "../../outside")
      $0.hardLink("evil", to: "link/canary")
    },
    Attack("a hard link to a link does not follow it", makes: ["evil"]) {
      $0.symbolicLink("link", to: "../canary")
      $0.hardLink("evil", to: "link")
      $0.file("evil", "evil")
    },
    Attack("a hard link to a later entry", "does not exist") {
      $0.hardLink("early", to: "late")
      $0.file("late")
    },
    Attack("a hard link to itself", "does not exist") {
      $0.file("self", "x")
      $0.hardLink("self", to: "self")
    },
    Attack("a hard link to a directory", "directory") {
      $0.directory("dir")
      $0.hardLink("evil", to: "dir")
    },
    Attack("a hard link to the root", "does not exist") { $0.hardLink("evil", to: "/") },
    Attack("the root as a link", "refusing to change type of root directory") {
      $0.symbolicLink(".", to: "../../outside")
    },
    Attack("the root as a link by its slash", "refusing to change type of root directory") {
      $0.symbolicLink("/", to: "../../outside")
    },
    Attack("the root as a link by way of dot-dot", "refusing to change type of root directory") {
      $0.symbolicLink("a/../..", to: "../../outside")
    },
    Attack("the root as a file", "refusing to change type of root directory") { $0.file(".") },
    Attack("a whiteout of nothing", "invalid whiteout") { $0.file(".wh.") },
    Attack("a whiteout of the directory itself", "invalid whiteout") { $0.file(".wh..") },
    Attack("a whiteout of the parent", "invalid whiteout") { $0.file(".wh...") },
    Attack("a whiteout of the parent deeper", "invalid whiteout") {
      $0.directory("a")
      $0.file("a/.wh...")
    },
    Attack("a whiteout through a link") {
      $0.symbolicLink("link", to: "../../outside")
    } _: {
      $0.file("link/.wh.canary")
    },
    Attack("an opaque marker through a link") {
      $0.symbolicLink("link", to: "../../outside")
    } _: {
      $0.file("link/.wh..wh..opq")
    },
    Attack("a whiteout of a link to the outside removes the link") {
      $0.symbolicLink("link", to: "../../outside")
    } _: {
      $0.file(".wh.link")
    },
    Attack("a link that leads to itself", "too many levels") {
      $0.symbolicLink("loop", to: "loop")
      $0.file("loop/evil")
    },
    Attack("links that lead to each other", "too many levels") {
      $0.symbolicLink("a", to: "b")
      $0.symbolicLink("b", to: "a/x")
      $0.file("a/evil")
    },
    Attack("duplicate names, the last one wins", makes: ["name"]) {
      $0.file("name", "first")
      $0.symbolicLink("name", to: "../canary")
      $0.directory("name")
      $0.file("name", "last")
    },
    Attack("a file as a parent is replaced", makes: ["file/below"]) {
      $0.file("file", "x")
      $0.file("file/below", "y")
    },
    Attack("a name component that no file system takes", "longer than 255") {
      $0.pax([("path", Array("x/".utf8) + [UInt8](repeating: 0x61, count: 256))])
      $0.file("x")
    },
    Attack("a path that is too long", "longer than 4095") {
      let part = String(repeating: "a", count: 200) + "/"
      $0.pax([("path", Array(String(repeating: part, count: 21).utf8))])
      $0.file("x")
    },
    Attack("a path of 10 000 components", "longer than 4095") {
      $0.pax([("path", Array(String(repeating: "d/", count: 10_000).utf8))])
      $0.file("x")
    },
    Attack("a path of 1500 components", "more than 1024 components") {
      $0.pax([("path", Array(String(repeating: "d/", count: 1500).utf8))])
      $0.file("x")
    },
    Attack("a user id that cannot be", "user id") {
      $0.pax([("uid", Array("4294967295".utf8))])
      $0.file("x")
    },
    Attack("a negative group id", "group id") {
      $0.pax([("gid", Array("-1".utf8))])
      $0.file("x")
    },
    Attack("a link that claims to have content has none, as for Go", makes: ["not-hidden"]) {
      $0.pax([("size", Array("512".utf8))])
      $0.symbolicLink("link", to: "x")
      $0.file("not-hidden", "x")
    },
    Attack("a name that two readers read differently", "NUL") {
      $0.file("before")
      $0.pax([("path", Array("a\0b".utf8))])
      $0.file("x")
    },
  ]

  @Test(arguments: attacks)
  func `nothing outside the root file system changes`(_ attack: Attack) throws {
    let rig = ExtractionRig()
    let error = try rig.failure(attack.layers)
    #expect(rig.isCanaryUnharmed)
    if let refusal = attack.refusal {
      let text = error?.description ?? "accepted"
      #expect(text.contains(refusal), "\(text)")
      #expect(text.contains("layer 1 of 1 (sha256:"), "\(text)")
      #expect(text.contains("entry \""), "\(text)")
    } else {
      #expect(error == nil)
    }
    for path in attack.makes { #expect(Files.exists(rig(path)), "\(path)") }
  }

  @Test func `names hold every byte but NUL and slash`() throws {
    let rig = ExtractionRig()
    let rare: [[UInt8]] = (1...255).filter { $0 != 0x2f && $0 != 0x2e }.map { [0x6e, UInt8($0)] }
    let layer = TarBuilder.make { tar in
      for name in rare { tar.add(TarBuilder.Header(bytes: name), Array("v7".utf8)) }
      for name in rare {
        tar.pax([("path", Array("pax/".utf8) + name)])
        tar.file("substitute", "pax")
      }
      tar.gnuLong("L", Array("gnu/".utf8) + rare.prefix(120).joined())
      tar.file("substitute", "gnu")
    }
    let tree = try rig.extract([layer])
    var found: [[UInt8]] = []
    tree.walk { step in
      if case .item(let entry) = step, entry.name.count == 2 { found.append(entry.name) }
    }
    #expect(found.count == 2 * rare.count)
    #expect(Set(found) == Set(rare))
    #expect(Files.status(rig("gnu")) != nil)
  }

  @Test func `an endless number of whiteouts costs no time`() throws {
    let rig = ExtractionRig()
    let lower = TarBuilder.make { tar in
      for number in 0..<2000 { tar.file("d/\(number)") }
    }
    let upper = TarBuilder.make { tar in
      for number in 0..<2000 { tar.file("d/new\(number)") }
      for _ in 0..<20_000 { tar.file("d/.wh..wh..opq") }
    }
    try rig.extract([lower, upper])
    #expect(Files.names(rig("d")).count == 2000)
  }
}
