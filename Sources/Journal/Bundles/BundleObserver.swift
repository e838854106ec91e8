internal import Store

/// Looks whether bundles are there.
///
/// Any of them may lie on something that hangs: such a one is waited for once.
final class BundleObserver {
  /// This machine, see ``Invocation/machineID``.
  private let machine: String
  /// The devices of bundles that did not answer.
  private var silent: Set<String> = []

  init(machine: String) { self.machine = machine }

  /// What can be told of a bundle.
  func sight(of bundle: String, at place: BundlePlace) -> BundlePlace.Sight {
    if place.machine == machine, !answers(bundle, on: place.device) { return .silent }
    return place.sight(of: bundle, from: machine)
  }

  /// Whether a bundle can be looked at now without waiting.
  ///
  /// - Parameter device: What it lies on, if that is known.
  func answers(_ bundle: String, on device: String?) -> Bool {
    if let device, silent.contains(device) { return false }
    if PathProbe.answers(bundle, reading: "umoci.json") { return true }
    if let device { silent.insert(device) }
    return false
  }
}
