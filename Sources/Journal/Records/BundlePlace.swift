internal import Store

/// Where a bundle is: on which machine, and what the folders above it are there.
///
/// The same path may lead to something else on another machine, or in another mount namespace: a bundle
/// is gone only where the folder that held it can be recognised.
public struct BundlePlace: Equatable, Sendable {
  /// What can be told of a bundle from here.
  enum Sight: Equatable {
    /// Its place is here; what is there has to be looked at.
    case here
    /// Its place is here, and empty.
    case empty
    /// Its place cannot be seen from here.
    case elsewhere
    /// It does not answer.
    case silent
  }

  /// The machine, see ``Invocation/machineID``.
  let machine: String
  /// Device and inode of each folder above the bundle, from the root on.
  private let folders: [String]
  /// The device that the bundle's own folder is on.
  let device: String

  /// Takes down where a bundle is, or is about to be.
  ///
  /// - Parameters:
  ///   - bundle: Its absolute path, without symbolic links.
  ///   - machine: This machine.
  /// - Returns: Nil when a folder above it cannot be looked at, or nothing identifies the machine.
  public init?(of bundle: String, on machine: String) {
    if machine.isEmpty { return nil }
    var folders: [String] = []
    var device = ""
    for path in Self.above(bundle) {
      guard let status = (try? Self.status(path)) ?? nil else { return nil }
      device = "\(status.device)"
      folders.append(Self.identity(status))
    }
    if let own = (try? Self.status(bundle)) ?? nil { device = "\(own.device)" }
    self.machine = machine
    self.folders = folders
    self.device = device
  }

  /// Reads what ``text`` gives.
  init?(_ text: String) {
    let words = text.split(separator: " ").map(String.init)
    guard words.count >= 3 else { return nil }
    machine = words[0]
    folders = Array(words[1..<(words.count - 1)])
    device = words[words.count - 1]
  }

  /// For the database.
  var text: String { ([machine] + folders + [device]).joined(separator: " ") }

  /// Looks for the place of a bundle, however long that takes; see ``BundleObserver``.
  func sight(of bundle: String, from machine: String) -> Sight {
    let paths = Self.above(bundle)
    guard machine == self.machine, paths.count == folders.count else { return .elsewhere }
    do throws(SyscallError) {
      for (path, folder) in zip(paths, folders).reversed() {
        guard let status = try Self.status(path) else { continue }
        guard Self.identity(status) == folder else { return .elsewhere }
        let own = path == paths.last ? try Self.status(bundle) : nil
        if let own { return "\(own.device)" == device ? .here : .elsewhere }
        // Where something was mounted, it may be mounted again.
        return folders.last?.hasPrefix(device + ":") == true ? .empty : .elsewhere
      }
    } catch {}
    return .elsewhere
  }

  /// The folders above a path, from the root on.
  private static func above(_ path: String) -> [String] {
    var paths = ["/"]
    for name in path.split(separator: "/").dropLast() {
      paths.append((paths[paths.count - 1] == "/" ? "" : paths[paths.count - 1]) + "/" + name)
    }
    return paths
  }

  private static func status(_ path: String) throws(SyscallError) -> FileStatus? {
    try OpenDirectory.open("/").status(of: path)
  }

  private static func identity(_ status: FileStatus) -> String {
    "\(status.device):\(status.inode)"
  }
}
