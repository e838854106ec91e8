import Store
import TestSupport
import Testing

/// Many edits of one index, one after the other.
@Suite struct ImageIndexEditingTests {
  private func descriptor(_ number: Int) -> Descriptor {
    Descriptor(
      mediaType: .imageManifest, digest: Digest.sha256(of: [UInt8(number & 0xff)]), size: 2)
  }

  /// Of a few entries, as anybody would do it.
  private struct Model {
    var entries: [(name: String?, digest: Digest)] = []

    mutating func replace(_ name: String, _ digests: [Digest], inPlace: Bool) {
      let first = entries.firstIndex { $0.name == name }
      let new = digests.map { (name: String?.some(name), digest: $0) }
      let place = entries[..<(first ?? 0)].count { $0.name != name }
      entries.removeAll { $0.name == name }
      if inPlace, first != nil {
        entries.insert(contentsOf: new, at: place)
      } else {
        entries += new
      }
    }
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `edits in any order lead where a simple list leads`(seed: UInt64) throws {
    var random = SplitMix(announcing: seed)
    var index = ImageIndex.empty
    var model = Model()
    for step in 0..<400 {
      let name = "t\(Int.random(in: 0..<60, using: &random))"
      let descriptors = (0..<([0, 0, 1, 1, 1, 2].randomElement(using: &random) ?? 0)).map {
        descriptor(step + $0)
      }
      let inPlace = Bool.random(using: &random)
      switch Int.random(in: 0..<10, using: &random) {
      case 0:
        let unnamed = descriptor(step % 5)
        index.append(unnamed)
        model.entries.append((nil, unnamed.digest))
      case 1:
        let digest = descriptor(step % 5).digest
        let count = model.entries.count { $0.name == nil && $0.digest == digest }
        #expect(index.removeUnnamedEntries(digest: digest) == count)
        model.entries.removeAll { $0.name == nil && $0.digest == digest }
      default:
        if inPlace {
          index.replaceEntriesInPlace(named: name, with: descriptors)
        } else {
          index.replaceEntries(named: name, with: descriptors)
        }
        model.replace(name, descriptors.map(\.digest), inPlace: inPlace)
      }
      #expect(index.entries.map(\.descriptor.digest) == model.entries.map(\.digest))
      #expect(index.entries.map(\.referenceName) == model.entries.map(\.name))
      #expect(
        index.entries(named: name).map(\.descriptor.digest)
          == model.entries.filter { $0.name == name }.map(\.digest))
      var names: Set<String> = []
      #expect(
        index.referenceNames
          == model.entries.compactMap(\.name).filter { names.insert($0).inserted })
    }
    let read = try ImageIndex(parsing: index.serialized(), named: "index")
    #expect(read.entries.map(\.descriptor.digest) == model.entries.map(\.digest))
  }

  @Test(.timeLimit(.minutes(1)))
  func `thirty thousand entries are added, moved and removed one by one`() {
    let names = (0..<30_000).map { "t\($0)" }
    var index = ImageIndex.empty
    for name in names { index.replaceEntries(named: name, with: [descriptor(1)]) }
    for name in names { index.replaceEntries(named: name, with: [descriptor(2)]) }
    #expect(index.entries.count == names.count)
    #expect(index.referenceNames == names)
    for name in names { index.replaceEntries(named: name, with: []) }
    #expect(index.entries.isEmpty)
  }
}
