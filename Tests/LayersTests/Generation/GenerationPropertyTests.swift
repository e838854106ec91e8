import Layers
import Store
import TestSupport
import Testing

/// Random trees: what a layer of one is unpacked to is that tree again.
struct GenerationPropertyTests {
  @Test(arguments: CompressionAlgorithm.allCases)
  func `a tree comes out of its layer as it went in`(_ algorithm: CompressionAlgorithm) throws {
    for round in 0..<UInt64(8 * TestEffort.factor) {
      let seed = TestEffort.seed(for: "\(algorithm) \(round)")
      let rig = GenerationRig()
      rig.options.compression = LayerCompression(algorithm)
      let names = RandomFiles.make(in: rig.tree, seed: seed)
      let before = TreeFacts(rig.tree)
      let result = try rig.generate()
      #expect(result.layer.entries == names + 1, "seed \(seed)")
      let place = try rig.extract(result)
      let after = TreeFacts(place.rootfs)
      let isSame = before == after
      #expect(isSame, "seed \(seed): \(before.difference(from: after))")
      #expect(place.isCanaryUnharmed)
      let isUnchanged = before == TreeFacts(rig.tree)
      #expect(isUnchanged, "seed \(seed): reading changed the tree")
    }
  }

  @Test(arguments: CompressionAlgorithm.allCases)
  func `the same tree gives the same bytes, whatever the number of threads`(
    _ algorithm: CompressionAlgorithm
  ) throws {
    let rig = GenerationRig()
    let seed = TestEffort.seed(for: "threads")
    RandomFiles.make(in: rig.tree, seed: seed)
    var random = SplitMix(announcing: seed)
    // Several chunks, so that there is something to put in the wrong order.
    let text = (0..<700_000).map { _ in UInt8.random(in: 97...100, using: &random) }
    for number in 0..<8 { Files.write(text, to: rig("big\(number)")) }
    var blobs: Set<Digest> = []
    var diffIDs: Set<DiffID> = []
    for workers in [1, 2, 3, 7, 2] {
      rig.options.compression = LayerCompression(algorithm, workers: workers)
      let result = try rig.generate()
      blobs.insert(Digest.sha256(of: result.blob))
      diffIDs.insert(result.layer.diffID)
    }
    #expect(blobs.count == 1 && diffIDs.count == 1, "seed \(seed)")
  }
}
