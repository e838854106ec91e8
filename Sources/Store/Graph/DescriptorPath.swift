/// The way from an entry of `index.json` to what a name stands for, through any nested indexes.
///
/// Each path has its own descriptors; none is shared with, or changed by, another one.
public struct DescriptorPath: Sendable, Equatable {
  /// The descriptors of the documents that were walked through, the top-level entry first.
  public let parents: [Descriptor]

  /// The final descriptor: an image manifest, or a blob of a type that is not followed.
  public let target: Descriptor

  /// Makes a path from its parts.
  public init(parents: [Descriptor] = [], target: Descriptor) {
    self.parents = parents
    self.target = target
  }

  /// All descriptors, from the top-level entry to the target; never empty.
  public var descriptors: [Descriptor] { parents + [target] }

  /// The entry of `index.json`.
  public var entry: Descriptor { parents.first ?? target }
}
