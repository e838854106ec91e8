import Glibc
import Store
import TestSupport
import Testing

/// Images that want more than a root file system, unpacked by the command.
@Suite struct UnpackHostileTests {
  struct Attack: CustomTestStringConvertible {
    let testDescription: String
    let refusal: String?
    let layers: [[UInt8]]
    var options: [String] = []

    init(
      _ description: String, _ refusal: String?, options: [String] = [],
      _ layers: ((inout TarBuilder) -> Void)...
    ) {
      testDescription = description
      self.refusal = refusal
      self.options = options
      self.layers = layers.map { TarBuilder.make($0) }
    }
  }

  static let attacks: [Attack] = [
    Attack("names with dot-dot", nil) { $0.file("../../outside/canary", "evil") },
    Attack("absolute links", nil) {
      $0.symbolicLink("link", to: "/outside")
      $0.file("link/canary", "evil")
    },
    Attack("a parent swapped between layers", nil) {
      $0.directory("dir")
      $0.file("dir/canary")
    } _: {
      $0.symbolicLink("dir", to: "../../outside")
      $0.file("dir/canary", "evil")
    },
    Attack("a whiteout of the parent", "entry \".wh...\": invalid whiteout") { $0.file(".wh...") },
    Attack("a whiteout of itself", "entry \".wh..\": invalid whiteout") { $0.file(".wh..") },
    Attack("the root as a link", "entry \".\": malicious tar entry") {
      $0.symbolicLink(".", to: "../outside")
    },
    Attack("a hard link to the outside", "entry \"evil\": the target of the hard link") {
      $0.hardLink("evil", to: "../../canary")
    },
    Attack("a deep path", "more than 1024 components") {
      $0.pax([("path", Array(String(repeating: "d/", count: 1500).utf8))])
      $0.file("x")
    },
    Attack("a path 10 000 deep", "the name is longer than 4095 bytes") {
      $0.pax([("path", Array(String(repeating: "d/", count: 10_000).utf8))])
      $0.file("x")
    },
    Attack(
      "a path 10 000 deep that is allowed", "more than 1024 components",
      options: ["--max-path-length=100000"]
    ) {
      $0.pax([("path", Array(String(repeating: "d/", count: 10_000).utf8))])
      $0.file("x")
    },
    Attack("too many entries", "the image has more than 10 entries", options: ["--max-entries=10"])
    { tar in
      for number in 0..<20 { tar.file("f\(number)") }
    },
    Attack(
      "a large file", "the layer unpacks to more than 1024 bytes",
      options: ["-max-layer-size", "1K"]
    ) { $0.file("large", String(repeating: "x", count: 2000)) },
    Attack("a name with a terminal's commands", #"entry "\u{1b}[2J.wh.\n/.wh.""#) {
      $0.file("\u{1b}[2J.wh.\n/.wh.")
    },
    Attack("a lying size", "tar stream is damaged") { tar in
      var header = TarBuilder.Header("file")
      header.size = 1 << 40
      tar.add(header)
    },
    Attack("a hard link to a later entry", "entry \"link\": the target of the hard link") {
      $0.hardLink("link", to: "later")
      $0.file("later")
    },
    Attack("a whiteout through a link", nil) {
      $0.symbolicLink("dir", to: "../../outside")
      $0.file("dir/.wh.canary")
      $0.file("dir/.wh..wh..opq")
    },
    Attack("a whiteout of nothing", "entry \".wh.\": invalid whiteout") { $0.file(".wh.") },
    Attack("a device in place of a folder", nil) {
      $0.directory("d")
      $0.special("d", type: "6")
      $0.file("d/../../../canary", "evil")
    },
    Attack("duplicate names", nil) {
      $0.file("x", "first")
      $0.symbolicLink("x", to: "/outside/canary")
      $0.file("x", "evil")
      $0.symbolicLink("x", to: "../../outside")
      $0.directory("x")
      $0.file("x/canary", "evil")
    },
    Attack("every byte that a name may have", nil) { tar in
      for byte in UInt8(1)...255 where byte != UInt8(ascii: "/") {
        tar.add(TarBuilder.Header(bytes: [byte, 0x78, byte]))
      }
    },
    Attack("an image that fails in its second layer", "layer 2 of 2 (sha256:") {
      $0.file("fine")
    } _: {
      $0.file("also fine")
      $0.file(".wh.")
    },
  ]

  @Test(arguments: attacks)
  func `nothing outside the bundle changes`(_ attack: Attack) throws {
    let rig = try UnpackRig()
    try rig.image(attack.layers)
    let run = try CapturedRun(
      ["unpack", "--image", rig.layout] + UnpackRig.ownIDs + attack.options + [rig.bundle])
    if let refusal = attack.refusal {
      #expect(run.status == 65)
      #expect(run.messages.contains(refusal), "\(run.messages)")
      #expect(run.messages.contains("layer "), "\(run.messages)")
    } else {
      #expect(run.status == 0, "\(run.messages)")
      try Files.remove(rig.bundle)
    }
    #expect(try rig.isPlaceUntouched())
  }

  @Test(arguments: [UInt64(1), 2, 3])
  func `a damaged blob is told as such, wherever the damage is`(_ seed: UInt64) throws {
    var random = SplitMix(announcing: seed)
    for _ in 0..<12 {
      let rig = try UnpackRig()
      let tar = TarBuilder.make { $0.file("a", String(repeating: "content", count: 999)) }
      try rig.image([tar])
      let path = rig.builder.path(of: .sha256(of: tar))
      var damaged = tar
      let place = Int.random(in: 0..<tar.count, using: &random)
      damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      try Files.write(damaged, to: path)
      let run = try rig.unpack()
      #expect(run.status == 65, "seed \(seed), byte \(place)")
      #expect(run.messages.contains("verified reader digest mismatch"), "\(run.messages)")
      #expect(try rig.isPlaceUntouched(), "seed \(seed), byte \(place)")
    }
  }

  @Test(arguments: [(-1, "digest mismatch"), (1, "size mismatch")])
  func `a blob that is too short or too long is refused`(_ change: Int, _ text: String) throws {
    let rig = try UnpackRig()
    let tar = TarBuilder.make { $0.file("a", "content") }
    try rig.image([tar])
    let other = change < 0 ? Array(tar.dropLast()) : tar + [0]
    try Files.write(other, to: rig.builder.path(of: .sha256(of: tar)))
    let run = try rig.unpack()
    #expect(run.status == 65)
    #expect(run.messages.contains("verified reader \(text)"), "\(run.messages)")
    #expect(try rig.isPlaceUntouched())
  }
}
