public import Layers
public import Store

/// What is known of a layer that a mutation adds, once it is staged.
public final class LayerFindings {
  /// What goes into the layer: sorted by the bytes of the paths when it comes from a bundle, else in the
  /// order of the layer; nil when nobody has asked.
  public internal(set) var changes: [RootfsChange]?
  /// The layer; nil when there is none, since nothing has changed.
  public internal(set) var layer: Descriptor?
  /// Why every file of a bundle was read; nil when the stat cache was enough, or there is no bundle.
  public internal(set) var reason: String?
}

/// How far the making of a layer is.
public enum LayerProgress: Equatable, Sendable {
  /// So many files of a bundle were compared.
  case compared(files: Int)
  /// So many bytes went through; `total` is about how many there are.
  case stored(bytes: Int64, total: ByteCount)
}

/// A mutation that adds a layer to an image.
public protocol LayerMutation: Mutation {
  /// What is known of the layer, once it is staged.
  var findings: LayerFindings { get }
  /// Told how far it is, often; nil when nobody wants to know.
  var onProgress: ((LayerProgress) -> Void)? { get set }
  /// Told what cannot be stored as it is.
  var onWarning: (String) -> Void { get set }
  /// Asked all the time; what it throws ends the work.
  var check: () throws -> Void { get set }
}

extension LayerMutation {
  /// The check and the progress of a layer of about `total` bytes in one.
  func watching(_ total: ByteCount) -> (Int64) throws -> Void {
    let (check, tell) = (check, onProgress)
    return { bytes in
      try check()
      tell?(.stored(bytes: min(bytes, total.value), total: total))
    }
  }
}
