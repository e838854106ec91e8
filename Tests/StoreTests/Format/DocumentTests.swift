internal import Testing

@testable internal import Store

private let digest = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
private let core = #""digest":"\#(digest)","size":2"#

private func index(_ text: String) throws(DocumentError) -> ImageIndex {
  try ImageIndex(parsing: Array(text.utf8), named: "index.json")
}

private func entry(_ name: String?, extra: String = "") -> String {
  let annotations = name.map { #", "annotations":{"org.opencontainers.image.ref.name":"\#($0)"}"# }
  return #"{"mediaType": "x", \#(core)\#(annotations ?? "")\#(extra)}"#
}

@Suite struct DocumentTests {
  @Test func `the empty index is spelt as init writes it`() {
    let expected =
      #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#
    #expect(ImageIndex.empty.serialized() == Array((expected + "\n").utf8))
  }

  @Test func `replacing a name keeps the bytes of other entries and unknown members`() throws {
    let kept = entry("keep", extra: #", "x-unknown":  [1.0]"#)
    let text = #"{"schemaVersion":2,"x":1,"manifests":[ \#(entry("a")), \#(kept),\#(entry("a"))]}"#
    let new = Descriptor(mediaType: "y", digest: .sha256(of: [1]), size: 1)
    let spelt =
      #"{"mediaType":"y","digest":"\#(new.digest)","size":1,"annotations":{"#
      + #""org.opencontainers.image.ref.name":"a"}}"#
    var atEnd = try index(text)
    #expect(atEnd.serialized() == Array(text.utf8))
    atEnd.replaceEntries(named: "a", with: [new])
    #expect(
      String(decoding: atEnd.serialized(), as: UTF8.self)
        == #"{"schemaVersion":2,"x":1,"manifests":[\#(kept),\#(spelt)]}"#)
    var inPlace = try index(text)
    inPlace.replaceEntriesInPlace(named: "a", with: [new])
    #expect(
      String(decoding: inPlace.serialized(), as: UTF8.self)
        == #"{"schemaVersion":2,"x":1,"manifests":[\#(spelt),\#(kept)]}"#)
    #expect(inPlace.entries(named: "keep").count == 1)
    #expect(inPlace.referenceNames == ["a", "keep"])
    inPlace.replaceEntries(named: "a", with: [])
    #expect(inPlace.entries(named: "a").isEmpty)
  }

  @Test func `edits agree with a plain list of entries`() throws {
    let names = (0..<6).map { "n\($0)" }
    var state: UInt64 = 42
    var edited = ImageIndex.empty
    var model: [(name: String, size: Int64)] = []
    for step in 0..<400 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let name = names[Int(state >> 33) % names.count]
      let new = (0..<Int(state >> 40) % 3).map { Int64(step * 10 + $0) }
      let descriptors = new.map { Descriptor(mediaType: "t", digest: .sha256(of: []), size: $0) }
      let position = model.firstIndex { $0.name == name }
      model.removeAll { $0.name == name }
      if state >> 50 & 1 == 0 {
        edited.replaceEntries(named: name, with: descriptors)
        model += new.map { (name, $0) }
      } else {
        edited.replaceEntriesInPlace(named: name, with: descriptors)
        model.insert(contentsOf: new.map { (name, $0) }, at: position ?? model.count)
      }
      #expect(edited.entries.map(\.descriptor.size) == model.map(\.size), "step \(step)")
      for name in names {
        let sizes = edited.entries(named: name).map(\.descriptor.size)
        #expect(sizes == model.filter { $0.name == name }.map(\.size), "step \(step)")
      }
    }
    let again = try ImageIndex(parsing: edited.serialized(), named: "again")
    #expect(again.entries == edited.entries)
  }

  @Test func `names are equal only byte for byte`() throws {
    let text = #"{"schemaVersion":2,"manifests":[\#(entry("\u{e9}")),\#(entry("e\u{301}"))]}"#
    #expect(try index(text).entries(named: "\u{e9}").count == 1)
    #expect(try index(text).referenceNames.count == 2)
  }

  @Test(arguments: [
    (#"{}"#, "schemaVersion"), (#"[]"#, ""), (#"{"schemaVersion":1}"#, "schemaVersion"),
    (#"{"schemaVersion":2.0}"#, "schemaVersion"), (#"{"schemaVersion":2,"config":null}"#, "config"),
    (#"{"schemaVersion":2,"layers":[]}"#, "layers"),
    (#"{"schemaVersion":2,"manifests":{}}"#, "manifests"),
    (#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json"}"#, "mediaType"),
    (#"{"schemaVersion":2,"manifests":[null]}"#, "manifests[0]"),
    (#"{"schemaVersion":2,"manifests":[{"size":1}]}"#, "manifests[0].digest"),
    (
      #"{"schemaVersion":2,"manifests":[{"digest":"sha256:../..","size":1}]}"#,
      "manifests[0].digest"
    ),
    (#"{"schemaVersion":2,"manifests":[{"digest":"\#(digest)"}]}"#, "manifests[0].size"),
    (#"{"schemaVersion":2,"manifests":[{\#(core),"size":-1}]}"#, "manifests[0].size"),
    (#"{"schemaVersion":2,"manifests":[{\#(core),"size":1.0}]}"#, "manifests[0].size"),
    (#"{"schemaVersion":2,"manifests":[{\#(core),"size":1e3}]}"#, "manifests[0].size"),
    (
      #"{"schemaVersion":2,"manifests":[{\#(core),"size":9223372036854775808}]}"#,
      "manifests[0].size"
    ),
    (#"{"schemaVersion":2,"manifests":[{\#(core),"size":"2"}]}"#, "manifests[0].size"),
    (#"{"schemaVersion":2,"manifests":[{\#(core),"urls":[1]}]}"#, "manifests[0].urls[0]"),
    (
      #"{"schemaVersion":2,"manifests":[{\#(core),"annotations":{"a":1}}]}"#,
      "manifests[0].annotations.a"
    ),
    (
      #"{"schemaVersion":2,"manifests":[{\#(core),"platform":{"os":1}}]}"#,
      "manifests[0].platform.os"
    ),
  ])
  func `a wrong index is refused at the member`(text: String, path: String) {
    let error = #expect(throws: DocumentError.self) { try index(text) }
    #expect(error?.path == path)
    #expect(error?.document == "index.json")
  }

  @Test func `descriptors are edited without losing what is unknown`() throws {
    let text =
      #"{"digest":"\#(digest)","x":1.0,"size":2,"data":"e30=","annotations":{"a":"1","c":"3"}}"#
    let document = try JSONDocument(parsing: Array(text.utf8), named: "d")
    let descriptor = try Descriptor(json: document.root)
    #expect(try descriptor.unverifiedData() == Array("{}".utf8))
    let new = Digest.sha256(of: [7])
    let edited = descriptor.settingAnnotation("b", to: "<2>").withDigest(new, size: 1)
    #expect(
      String(decoding: JSONValue.object(edited.json).serialized(), as: UTF8.self)
        == #"{"digest":"\#(new)","x":1.0,"size":1,"annotations":{"a":"1","b":"\u003c2\u003e","c":"3"}}"#
    )
    let known = Descriptor(
      mediaType: "", digest: new, size: 1, annotations: ["c": "3", "b": "<2>", "a": "1"])
    #expect(edited.isSameReference(as: known))
    #expect(edited != known)
    #expect(edited.settingAnnotation("a", to: nil).annotations["a"] == nil)
  }

  @Test func `a new image is spelt as umoci spells it`() throws {
    var config = ImageConfig(
      created: Timestamp(secondsSinceEpoch: 0),
      platform: Platform(os: "linux", architecture: "amd64"))
    #expect(
      String(decoding: config.serialized(), as: UTF8.self)
        == #"{"created":"1970-01-01T00:00:00Z","architecture":"amd64","os":"linux","config":{},"#
        + #""rootfs":{"type":"layers","diff_ids":[]}}"# + "\n")
    config.command = ["-c"]
    config.user = "me"
    config.volumes = ["/b", "/a"]
    config.author = "A & B"
    config.variant = "v1"
    config.environment = ["A=1"]
    config.appendHistory(HistoryEntry(createdBy: "x", emptyLayer: true))
    config.appendDiffID(DiffID(.sha256(of: Array("{}".utf8))))
    #expect(
      String(decoding: config.serialized(), as: UTF8.self)
        == #"{"created":"1970-01-01T00:00:00Z","author":"A \u0026 B","architecture":"amd64","#
        + #""os":"linux","variant":"v1","config":{"User":"me","Env":["A=1"],"Cmd":["-c"],"#
        + #""Volumes":{"/a":{},"/b":{}}},"rootfs":{"type":"layers","diff_ids":["\#(digest)"]},"#
        + #""history":[{"created_by":"x","empty_layer":true}]}"# + "\n")
    config.command = []
    config.volumes = []
    config.user = ""
    config.environment = []
    #expect(config.runtimeSection.isEmpty)
    #expect(config.json.contains("config"))
    let manifest = ImageManifest(
      config: Descriptor(mediaType: .imageConfig, digest: .sha256(of: Array("{}".utf8)), size: 2))
    #expect(
      String(decoding: manifest.serialized(), as: UTF8.self)
        == #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"#
        + #""mediaType":"application/vnd.oci.image.config.v1+json",\#(core)},"layers":[]}"# + "\n")
  }

  @Test func `a foreign configuration keeps its unknown members`() throws {
    let text =
      #"{"os":"linux", "config":{"Healthcheck":{"Test":["NONE"] },"Labels":{"b":"\u0041"}}, "#
      + #""rootfs":{"diff_ids":[],"type":"layers"},"x":1e0}"#
    var config = try ImageConfig(parsing: Array(text.utf8), named: "config")
    #expect(config.serialized() == Array(text.utf8))
    config.setLabel("a", to: "1")
    config.architecture = ""
    #expect(
      String(decoding: config.serialized(), as: UTF8.self)
        == #"{"architecture":"","os":"linux","config":{"Healthcheck":{"Test":["NONE"] },"#
        + #""Labels":{"a":"1","b":"\u0041"}},"rootfs":{"diff_ids":[],"type":"layers"},"x":1e0}"#)
    config.os = "linux"
    config.osFeatures = ["f"]
    #expect(config.platform == Platform(os: "linux", architecture: "", osFeatures: ["f"]))
  }

  @Test(arguments: [
    (#"{"created":1}"#, "created"), (#"{"author":1}"#, "author"),
    (#"{"config":{"Env":"A=1"}}"#, "config.Env"), (#"{"config":{"Cmd":[1]}}"#, "config.Cmd[0]"),
    (#"{"rootfs":{"type":"files"}}"#, "rootfs.type"),
    (#"{"rootfs":{"diff_ids":["x"]}}"#, "rootfs.diff_ids[0]"),
    (#"{"history":[{},{"created":1}]}"#, "history[1].created"),
    (#"{"history":[{"empty_layer":"true"}]}"#, "history[0].empty_layer"),
  ])
  func `a wrong configuration is refused at the member`(text: String, path: String) {
    let error = #expect(throws: DocumentError.self) {
      try ImageConfig(parsing: Array(text.utf8), named: "config")
    }
    #expect(error?.path == path)
  }

  @Test func `a manifest is not confused with an index and is edited in place`() throws {
    let text = #"{"schemaVersion":2,"config":{\#(core)},"layers":[{\#(core), "y":1}]}"#
    var manifest = try ImageManifest(parsing: Array(text.utf8), named: "m")
    manifest.appendLayer(Descriptor(mediaType: .layer, digest: .sha256(of: [1]), size: 3))
    manifest.setAnnotation("k", to: "v")
    manifest.setMediaType(.imageManifest)
    #expect(manifest.layers.count == 2)
    let new = Digest.sha256(of: [1])
    #expect(
      String(decoding: manifest.serialized(), as: UTF8.self)
        == #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"#
        + #"\#(core)},"layers":[{\#(core), "y":1},{"mediaType":"application/vnd.oci.image.layer.v1.tar","#
        + #""digest":"\#(new)","size":3}],"annotations":{"k":"v"}}"#)
    let confused = #expect(throws: DocumentError.self) {
      try ImageManifest(
        parsing: Array(#"{"schemaVersion":2,"config":{\#(core)},"manifests":[]}"#.utf8), named: "m")
    }
    #expect(confused?.problem == .forbiddenMember)
  }

  @Test func `a time that cannot be read is none, stays, and can be replaced`() throws {
    let text =
      #"{"created":"","architecture":"a","os":"b","config":{},"history":[{"created":"soon"}]}"#
    var config = try ImageConfig(parsing: Array(text.utf8), named: "c")
    #expect(config.created == nil && config.history.first?.created == nil)
    config.author = "me"
    #expect(
      String(decoding: config.serialized(), as: UTF8.self).contains(#""created":"","author""#))
    config.created = Timestamp(secondsSinceEpoch: 0)
    #expect(config.created == Timestamp(secondsSinceEpoch: 0))
  }
}
