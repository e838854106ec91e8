public import Store

/// One edit of an image's config or manifest; umoci-behaviour §5.4.
///
/// A value that becomes empty takes its member with it, but for architecture and os.
public enum ConfigEdit: Sendable, Equatable {
  /// A part that can be emptied as a whole.
  case clear(ConfigSection)
  /// Removes one entry of a part; it is no error that there is none.
  case unset(ConfigSection, String)
  /// Applies a JSON merge patch (RFC 7396) to the config; `rootfs` cannot be patched.
  case patchConfig(JSONObject)
  /// Applies a JSON merge patch to the manifest, but for what ties it to its blobs.
  case patchManifest(JSONObject)
  /// When the image was made; the offset is kept.
  case created(Timestamp)
  /// Who made the image.
  case author(String)
  /// The operating system.
  case os(String)
  /// The version of the operating system.
  case osVersion(String)
  /// What the operating system must have; replaces the list.
  case osFeatures([String])
  /// The processor.
  case architecture(String)
  /// The variant of the processor.
  case variant(String)
  /// The user of a container, not checked.
  case user(String)
  /// The signal that stops a container.
  case stopSignal(String)
  /// The directory to start in.
  case workingDirectory(String)
  /// Exposes a port.
  case exposePort(String)
  /// Sets a variable in place, or appends it.
  case setVariable(String, String)
  /// Replaces the entrypoint.
  case entrypoint([String])
  /// Replaces the command.
  case command([String])
  /// Adds a volume.
  case addVolume(String)
  /// Sets a label.
  case setLabel(String, String)
  /// Sets an annotation of the manifest.
  case setAnnotation(String, String)
}

/// A part of an image's config or manifest that holds several entries.
public enum ConfigSection: String, Sendable, CaseIterable {
  /// The labels.
  case labels = "config.labels"
  /// The annotations of the manifest.
  case annotations = "manifest.annotations"
  /// The exposed ports.
  case exposedPorts = "config.exposedports"
  /// The environment.
  case environment = "config.env"
  /// The volumes.
  case volumes = "config.volume"
  /// The command.
  case command = "config.cmd"
  /// The entrypoint.
  case entrypoint = "config.entrypoint"
}

extension ImageEditor {
  /// Makes one edit.
  ///
  /// - Throws: ``ImageError`` when a patch cannot be applied.
  public mutating func apply(_ edit: ConfigEdit) throws(ImageError) {
    switch edit {
    case .clear(let section): clear(section)
    case .unset(let section, let name): unset(name, of: section)
    case .patchConfig(let patch): try patchConfig(patch)
    case .patchManifest(let patch): try patchManifest(patch)
    case .created(let time): config.created = time
    case .author(let text): config.author = text
    case .os(let text): config.os = text
    case .osVersion(let text): config.osVersion = text
    case .osFeatures(let list): config.osFeatures = list
    case .architecture(let text): config.architecture = text
    case .variant(let text): config.variant = text
    default: applyRuntime(edit)
    }
  }

  private mutating func applyRuntime(_ edit: ConfigEdit) {
    switch edit {
    case .user(let text): config.user = text
    case .stopSignal(let text): config.stopSignal = text
    case .workingDirectory(let text): config.workingDirectory = text
    case .exposePort(let port): config.setExposedPort(port, isPresent: true)
    case .setVariable(let name, let value): config.setVariable(name, to: value)
    case .entrypoint(let list): config.entrypoint = list
    case .command(let list): config.command = list
    case .addVolume(let path): config.setVolume(path, isPresent: true)
    case .setLabel(let name, let value): config.setLabel(name, to: value)
    case .setAnnotation(let name, let value): manifest.setAnnotation(name, to: value)
    default: break
    }
  }

  private mutating func clear(_ section: ConfigSection) {
    switch section {
    case .labels: config.labels = [:]
    case .annotations: manifest.removeAnnotations()
    case .exposedPorts: config.exposedPorts = []
    case .environment: config.environment = []
    case .volumes: config.volumes = []
    case .command: config.command = []
    case .entrypoint: config.entrypoint = []
    }
  }

  private mutating func unset(_ name: String, of section: ConfigSection) {
    switch section {
    case .labels: config.setLabel(name, to: nil)
    case .annotations: manifest.setAnnotation(name, to: nil)
    case .exposedPorts: config.setExposedPort(name, isPresent: false)
    case .environment: config.setVariable(name, to: nil)
    case .volumes: config.setVolume(name, isPresent: false)
    case .command: config.command.removeAll { $0.utf8.elementsEqual(name.utf8) }
    case .entrypoint: config.entrypoint.removeAll { $0.utf8.elementsEqual(name.utf8) }
    }
  }

  private mutating func patchConfig(_ patch: JSONObject) throws(ImageError) {
    if patch.contains("rootfs") { throw .protectedMember("rootfs") }
    do throws(DocumentError) {
      try config.apply(patch)
    } catch {
      throw .invalidPatch(reason: "\(error)")
    }
  }

  private mutating func patchManifest(_ patch: JSONObject) throws(ImageError) {
    for name in ["schemaVersion", "mediaType", "config", "layers", "manifests"]
    where patch.contains(name) {
      throw .protectedMember(name)
    }
    do throws(DocumentError) {
      manifest = try manifest.applying(patch)
    } catch {
      throw .invalidPatch(reason: "\(error)")
    }
  }
}
