import Mutations
import Store
import TestSupport
import Testing

/// Random edits and their inverses on random documents.
@Suite struct ConfigEditPropertyTests {
  static func value(_ random: inout SplitMix, depth: Int = 0) -> String {
    switch random.next() % (depth > 3 ? 5 : 7) {
    case 0: return "null"
    case 1:
      return ["0", "-0", "1.50", "1e9", "123456789012345678901234567890"][Int(random.next() % 5)]
    case 2: return #""\u00e4<\u003c>\/ \ud83d\ude00""#
    case 3: return "true"
    case 4: return #"" \t""#
    case 5:
      let items = (0..<(random.next() % 3)).map { _ in value(&random, depth: depth + 1) }
      return "[ " + items.joined(separator: " , ") + "]"
    default:
      let items = (0..<(random.next() % 3)).map {
        "\"m\($0 % 2)\" :" + value(&random, depth: depth + 1)
      }
      return "{" + items.joined(separator: ",\n") + "}"
    }
  }

  /// A config whose unknown members are random; each edit of the table finds its member absent.
  static func config(_ random: inout SplitMix) -> (text: String, strange: [String]) {
    let strange = (0..<4).map { _ in value(&random) }
    let text =
      #"{"x0":\#(strange[0]),"created":"2020-01-01T00:00:00.100Z","architecture":"a","os":"b","#
      + #""config":{"y0":\#(strange[1]),"Env":["A\u003d1"],"Labels":{"k":"\u0076"},"y1":\#(strange[2])},"#
      + #""rootfs":{"type":"layers","diff_ids":[]},"x1":\#(strange[3])}"#
    return (text, strange)
  }

  static let inverses: [(ConfigEdit, ConfigEdit)] = [
    (.setVariable("N", "1"), .unset(.environment, "N")),
    (.setLabel("n", "1"), .unset(.labels, "n")), (.setLabel("a", "1"), .unset(.labels, "a")),
    (.exposePort("80"), .unset(.exposedPorts, "80")), (.addVolume("/v"), .unset(.volumes, "/v")),
    (.author("x"), .author("")), (.user("x"), .user("")), (.variant("v8"), .variant("")),
    (.osVersion("1"), .osVersion("")), (.osFeatures(["f"]), .osFeatures([])),
    (.command(["x"]), .clear(.command)), (.entrypoint(["x"]), .clear(.entrypoint)),
    (.workingDirectory("/"), .workingDirectory("")), (.stopSignal("9"), .stopSignal("")),
    (.patchConfig(["new": ["x": 1]]), .patchConfig(["new": .null])),
    (.setAnnotation("a", "b"), .clear(.annotations)),
  ]

  @Test func `an edit and its inverse leave every other byte as it was`() throws {
    let seed = TestEffort.seed
    var random = SplitMix(announcing: seed)
    for round in 0..<60 {
      let (text, strange) = Self.config(&random)
      let bytes = Array(text.utf8)
      let config = Descriptor(
        mediaType: .imageConfig, digest: Digest.sha256(of: bytes), size: Int64(bytes.count))
      let manifest = ImageManifest(config: config).serialized()
      let target = Descriptor(
        mediaType: .imageManifest, digest: Digest.sha256(of: manifest), size: Int64(manifest.count))
      let original = try ImageEditor(DescriptorPath(target: target)) { descriptor in
        descriptor.digest == target.digest ? manifest : bytes
      }
      #expect(original.config.serialized() == bytes, "seed \(seed), round \(round)")
      for (edit, inverse) in Self.inverses {
        var editor = original
        try editor.apply(edit)
        let edited = String(decoding: editor.config.serialized(), as: UTF8.self)
        for kept in strange { #expect(edited.contains(kept), "seed \(seed): \(edit) \(text)") }
        try editor.apply(inverse)
        #expect(editor.config.serialized() == bytes, "seed \(seed), round \(round): \(edit)")
        #expect(editor.manifest.serialized() == manifest, "seed \(seed), round \(round): \(edit)")
      }
    }
  }
}
