import Store
import TestSupport
import Testing

@testable import Journal

/// Whether a bundle is gone can only be told where the folder that held it can be recognised.
@Suite struct BundlePlaceTests {
  private let folder: TemporaryDirectory
  private let bundle: String
  private let place: BundlePlace

  init() throws {
    folder = try TemporaryDirectory()
    try Files.makeDirectory(folder("above"))
    try Files.makeDirectory(folder("above/parent"))
    bundle = try OpenDirectory.open(folder("above/parent")).resolvedPath() + "/bundle"
    place = try #require(BundlePlace(of: bundle, on: "one"))
  }

  private func sight(from machine: String = "one") -> BundlePlace.Sight {
    place.sight(of: bundle, from: machine)
  }

  @Test func `a place is here, or empty, for its machine alone`() throws {
    #expect(sight() == .empty && sight(from: "two") == .elsewhere)
    try Files.makeDirectory(bundle)
    #expect(sight() == .here && sight(from: "two") == .elsewhere)
  }

  @Test func `a place is empty when the folders above it were deleted too`() throws {
    try Files.remove(folder("above/parent"))
    #expect(sight() == .empty)
    try Files.remove(folder("above"))
    #expect(sight() == .empty)
  }

  @Test func `another folder in the place of the one above says nothing`() throws {
    let parent = folder("above/parent")
    try ExternalCommand.run(["mv", parent, folder("elsewhere")])
    try Files.makeDirectory(parent)
    #expect(sight() == .elsewhere)
    try Files.remove(parent)
    try ExternalCommand.run(["mv", folder("elsewhere"), parent])
    #expect(sight() == .empty)
  }

  @Test func `a place is the same after it was stored`() throws {
    #expect(BundlePlace(place.text) == place)
    for text in ["", "machine", "machine 1:2"] { #expect(BundlePlace(text) == nil) }
    #expect(BundlePlace(of: bundle, on: "") == nil)
    #expect(BundlePlace(of: bundle + "/in/nothing", on: "one") == nil)
  }
}
