internal import Journal
import Store

/// Looks at a bundle from outside, without the code that is under test.
public enum BundleAudit {
  /// The digest of the manifest that a bundle is based on; nil when there is no bundle.
  public static func base(of bundle: String) throws -> String? {
    guard Files.isRegular(bundle + "/umoci.json") else { return nil }
    let bytes = try Files.read(bundle + "/umoci.json")
    let root = try JSONDocument(parsing: bytes, limits: .blob, named: "umoci.json").root
    let walk = root.objectValue?["from_descriptor_path"]?.objectValue?["descriptor_walk"]
    return walk?.arrayValue?.elements.last?.objectValue?["digest"]?.stringValue
  }

  /// Why a bundle could not be repacked just now.
  public static func problems(of bundle: String) -> [String] {
    guard Files.exists(bundle) else { return [] }
    do {
      guard let base = try base(of: bundle) else { return ["the bundle has no umoci.json"] }
      let mtree = base.replacing(":", with: "_") + ".mtree"
      return Files.exists(bundle + "/" + mtree) ? [] : ["the bundle has no \(mtree)"]
    } catch {
      return ["umoci.json: \(error)"]
    }
  }

  /// Whether a layout that was recovered keeps what its bundle needs, and for no other one.
  public static func leaseProblems(of bundle: String, in layout: String) throws -> [String] {
    guard Files.exists(layout + "/.ocitx/format") else { return [] }
    let history = try OperationHistory.open(ImageLayout.open(layout))
    let leased = try history?.leases().filter { $0.bundle == bundle }.map {
      $0.manifest.digest.description
    }
    let needed = try base(of: bundle).map { [$0] } ?? []
    return leased ?? [] == needed ? [] : ["leased is \(leased ?? []), needed \(needed)"]
  }

  /// What a bundle that nobody works on should not have.
  public static func leftovers(in bundle: String) -> [String] {
    let names = (try? Files.names(in: bundle)) ?? []
    let mtreeFiles = names.filter { $0.hasSuffix(".mtree") }
    return names.filter { $0.hasPrefix(".") }.map { "left in the bundle: \($0)" }
      + (mtreeFiles.count > 1 ? ["more than one mtree file: \(mtreeFiles)"] : [])
  }
}
