public import Store

/// Why a runtime bundle, or a part of one, cannot be made or read.
public enum BundleError: Error, Sendable {
  /// Something stands where the bundle, or a part of it, is to go; it was not touched.
  case exists(path: String)
  /// The bundle's path is something else than a folder.
  case notAFolder(path: String)
  /// Another process is filling the bundle.
  case busy(path: String)
  /// Another process is refreshing the bundle.
  case refreshing(path: String)
  /// There is no bundle.
  case absent(path: String)
  /// A part of the bundle that a repack needs is missing, or is no regular file.
  case incomplete(path: String)
  /// A file of the bundle is larger than it can sensibly be, in bytes.
  case tooLarge(path: String, limit: Int)
  /// `umoci.json` is not what it should be.
  case metadata(path: String, defect: MetadataDefect)
  /// The image is made for another operating system than Linux.
  case unsupportedOperatingSystem(String)
  /// An element of the image's environment is not `NAME=VALUE`.
  case malformedEnvironment(String)

  /// What is wrong with `umoci.json`.
  public enum MetadataDefect: Sendable {
    /// It is no JSON, or not all of it.
    case json(JSONError)
    /// A member is missing or of a wrong kind.
    case member(String, expected: String)
    /// A descriptor is malformed.
    case descriptor(Int, DocumentError)
    /// The bundle was made by another version of the format.
    case version(String)
    /// The bundle stores whiteouts in another way than umoci does by default.
    case whiteoutMode(String)
    /// The descriptors do not lead to an image manifest.
    case notAnImage(MediaType)
  }
}

extension BundleError: DiagnosableError {
  /// The failure in one line, without advice.
  public var description: String {
    switch self {
    case .exists(let path): "\(path) exists already"
    case .notAFolder(let path): "\(path) is not a folder"
    case .busy(let path): "another process is unpacking into \(path)"
    case .refreshing(let path): "another process is repacking the bundle \(path)"
    case .absent(let path): "there is no bundle at \(path)"
    case .incomplete(let path):
      "the bundle is incomplete: \(path) is missing or not what it should be"
    case .tooLarge(let path, let limit): "\(path) is larger than \(limit) bytes"
    case .metadata(let path, let defect): "\(path): \(defect)"
    case .unsupportedOperatingSystem(let name): "unsupported OS: \(printable(name))"
    case .malformedEnvironment(let text):
      "the image's environment has '\(printable(text))', which is not NAME=VALUE"
    }
  }

  /// Each case has its own.
  public var category: FailureCategory {
    switch self {
    case .exists: .exists
    case .busy, .refreshing: .busy
    case .absent, .incomplete: .notFound
    case .unsupportedOperatingSystem: .unsupported
    case .metadata(_, .version), .metadata(_, .whiteoutMode): .unsupported
    case .notAFolder, .tooLarge, .metadata, .malformedEnvironment: .invalidContent
    }
  }

  /// There is no deeper cause than the description tells.
  public var causes: [String] { [] }

  /// What the user can do about it.
  public var remedy: Remedy? {
    switch self {
    case .exists: "choose another bundle path, or remove what is there"
    case .notAFolder: "choose another bundle path"
    case .refreshing: "wait for it to end, then run the command again"
    case .absent: "name the folder that \(.unpack) has made"
    case .incomplete: "unpack the image again into a new bundle"
    case .busy: "wait for it to end, or choose another bundle path"
    case .metadata(_, .version), .metadata(_, .whiteoutMode):
      "unpack the image again with this program"
    case .metadata: "the bundle is damaged: unpack the image again"
    case .malformedEnvironment: "repair it with \(.setEnvironment)"
    case .unsupportedOperatingSystem: "set it with \(.setOperatingSystem) if the image is for Linux"
    case .tooLarge: "no program writes such a file: unpack the image again"
    }
  }
}

extension BundleError.MetadataDefect: CustomStringConvertible {
  /// The defect in a few words.
  public var description: String {
    switch self {
    case .json(let error): "\(error)"
    case .member(let name, let expected): "\(name) is not \(expected)"
    case .descriptor(let index, let error): "descriptor_walk[\(index)]: \(error)"
    case .version(let version): "the version is '\(printable(version))', and not '2'"
    case .whiteoutMode(let mode): "the whiteout mode \(printable(mode)) is not supported"
    case .notAnImage(let type): "'\(printable(type.rawValue))' is not the type of an image manifest"
    }
  }
}

/// An untrusted text made fit for one line of a terminal, and not too long.
func printable(_ text: String) -> String {
  let scalars = text.unicodeScalars.prefix(200).map { scalar in
    scalar.properties.generalCategory == .control ? "\u{fffd}" : scalar
  }
  return String(String.UnicodeScalarView(scalars))
}
