import Mutations
import Store
import TestSupport
import Testing

@testable import Journal

/// Bundles of several machines, whatever these are called.
@Suite struct LeaseTests {
  private func journal(_ layout: TestLayout) throws -> OperationJournal {
    try OperationJournal(
      writing: layout.open(), layout.invocation, WritingOptions(durability: .relaxed))
  }

  /// Makes a bundle of image `a` with a lease, as `unpack` does.
  @discardableResult
  private func unpack(_ layout: TestLayout, to name: String = "bundle") throws -> String {
    let bundle = try OpenDirectory.open(layout.folder.path).resolvedPath() + "/" + name
    let lease = try journal(layout).lease(layout.descriptor("a"), for: bundle)
    if !Files.exists(bundle) { try Files.makeDirectory(bundle) }
    try Files.write(
      """
      {"from_descriptor_path":{"descriptor_walk":[{"digest":"\(try layout.descriptor("a").digest)"}]}}
      """, to: bundle + "/umoci.json")
    lease.keep()
    return bundle
  }

  private func leases(_ layout: TestLayout) throws -> [String] {
    try layout.history().leases().map(\.bundle)
  }

  @Test func `a lease ends on its machine, whatever that is called by then`() throws {
    let layout = try TestLayout()
    layout.host = ("first", "machine")
    let bundle = try unpack(layout)
    layout.host = ("second", "machine")
    try layout.collect()
    #expect(try leases(layout) == [bundle])
    try Files.remove(bundle)
    #expect(try layout.recover().endedLeases.map(\.bundle) == [bundle])
    #expect(try leases(layout) == [])
  }

  @Test func `a machine of the same name ends no lease of another one`() throws {
    let layout = try TestLayout()
    layout.host = ("debian", "one")
    let bundle = try unpack(layout)
    try layout.forgetHistory()
    try layout.remove("a")
    try Files.remove(bundle)
    layout.host = ("debian", "two")
    let image = try layout.history().leases()[0].manifest
    let content = try layout.content(of: image)
    #expect(try layout.collect(trashAge: 0).recovery.endedLeases.isEmpty)
    for digest in content { #expect(try layout.places(of: digest) != []) }
    layout.host = ("anything", "one")
    #expect(try layout.collect().recovery.endedLeases.count == 1)
  }

  @Test func `equal paths on two machines are two leases`() throws {
    let layout = try TestLayout()
    for machine in ["one", "two", "one"] {
      layout.host = ("debian", machine)
      try unpack(layout)
    }
    #expect(try leases(layout).count == 2)
  }

  @Test func `only gc and recover look at bundles`() throws {
    let layout = try TestLayout()
    let bundle = try unpack(layout)
    try Files.remove(bundle)
    try layout.tag("c", to: "b")
    #expect(try leases(layout) == [bundle])
    try layout.collect()
    #expect(try leases(layout) == [])
  }

  @Test func `a lease is dropped by path or id, and a wrong name changes nothing`() throws {
    let layout = try TestLayout()
    let bundles = try ["x", "y", "z"].map { try unpack(layout, to: $0) }
    let journal = try journal(layout)
    #expect(throws: JournalError.self) { try journal.dropLeases([bundles[0], "zzzzzzzz"]) }
    #expect(try leases(layout) == bundles)
    #expect(try journal.dropLeases([bundles[0]], isDry: true).count == 1)
    let id = try layout.history().leases()[1].id
    #expect(try journal.dropLeases([bundles[0], String(id.prefix(8))]).count == 2)
    #expect(try leases(layout) == [bundles[2]])
    #expect(try layout.problems() == [])
  }

  @Test func `what begins two ids ends no lease`() throws {
    let layout = try TestLayout()
    var byLetter: [Character: Int] = [:]
    while byLetter.values.allSatisfy({ $0 < 2 }) {
      try unpack(layout, to: "bundle-\(byLetter.values.reduce(0, +))")
      byLetter = try layout.history().leases().reduce(into: [:]) {
        $0[$1.id.first ?? "-", default: 0] += 1
      }
    }
    let all = try leases(layout)
    let letter = try #require(byLetter.first { $0.value == 2 }).key
    let error = #expect(throws: JournalError.self) {
      try journal(layout).dropLeases([String(letter)])
    }
    guard case .ambiguousLease(String(letter), let candidates) = error else {
      Issue.record("\(letter): \(String(describing: error))")
      return
    }
    #expect(candidates.count == 2, "\(candidates)")
    #expect(try leases(layout) == all)
  }

  @Test func `the image of a lease that has just ended stays in the trash once more`() throws {
    let layout = try TestLayout()
    let bundle = try unpack(layout)
    try layout.forgetHistory()
    let image = try layout.history().leases()[0].manifest
    let content = try layout.content(of: image)
    try layout.remove("a")
    try Files.remove(bundle)
    let first = try layout.collect(trashAge: 0)
    #expect(first.recovery.endedLeases.map(\.bundle) == [bundle])
    #expect(first.withdrawal != nil && first.expiry == nil)
    for digest in content { #expect(try layout.places(of: digest) != []) }
    #expect(try layout.collect(trashAge: 0).expiry != nil)
    for digest in content { #expect(try layout.places(of: digest) == []) }
  }

  @Test func `what can be seen of a bundle is told`() throws {
    let layout = try TestLayout()
    let bundle = try unpack(layout)
    func states(_ machine: String) throws -> [ObservedLease.State] {
      try layout.history().observedLeases(from: machine).map(\.state)
    }
    #expect(try states("machine") == [.here] && states("other") == [.notVisible])
    try Files.remove(bundle)
    #expect(try states("machine") == [.gone])
    let hold = try journal(layout).lease(layout.descriptor("a"), for: bundle)
    #expect(try states("machine") == [.unpacking])
    hold.release()
  }
}
