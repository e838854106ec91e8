internal import Store

/// Takes the JSON of `umoci.json` apart.
struct MetadataReader {
  typealias Defect = BundleError.MetadataDefect

  private let root: JSONObject

  init(_ root: JSONObject) {
    self.root = root
  }

  /// Checks that the bundle is one that we understand.
  func checkFormat() throws(Defect) {
    guard let version = root["umoci_version"]?.stringValue, version == "2" else {
      throw .version(root["umoci_version"].map(Self.spelling) ?? "")
    }
    if let mode = root["whiteout_mode"], mode != .null, mode.integerValue != 0 {
      throw .whiteoutMode(Self.spelling(mode))
    }
  }

  private static func spelling(_ value: JSONValue) -> String {
    value.stringValue ?? String(decoding: value.serialized(), as: UTF8.self)
  }

  /// The descriptors down to the manifest.
  func descriptorWalk() throws(Defect) -> [Descriptor] {
    let path = try Self.object(root["from_descriptor_path"], "from_descriptor_path")
    guard let elements = path["descriptor_walk"]?.arrayValue?.elements, !elements.isEmpty else {
      throw .member("descriptor_walk", expected: "a list of descriptors")
    }
    var walk: [Descriptor] = []
    for (index, element) in elements.enumerated() {
      do throws(DocumentError) {
        walk.append(try Descriptor(json: element))
      } catch {
        throw .descriptor(index, error)
      }
    }
    return walk
  }

  /// How owners were mapped.
  func mapping() throws(Defect) -> OwnershipMapping {
    guard let value = root["map_options"], value != .null else { return .identity }
    let options = try Self.object(value, "map_options")
    let isRootless = options["rootless"] ?? false
    guard isRootless == .null || isRootless.boolValue != nil else {
      throw .member("rootless", expected: "true or false")
    }
    return OwnershipMapping(
      userMappings: try mappings(options, "uid_mappings"),
      groupMappings: try mappings(options, "gid_mappings"),
      isRootless: isRootless.boolValue ?? false)
  }

  private func mappings(_ options: JSONObject, _ name: String) throws(Defect) -> [IDMapping] {
    guard let value = options[name], value != .null else { return [] }
    guard let elements = value.arrayValue?.elements else {
      throw .member(name, expected: "a list of id mappings")
    }
    var mappings: [IDMapping] = []
    for element in elements {
      let mapping = try Self.object(element, name)
      mappings.append(
        IDMapping(
          containerID: try id(mapping, "containerID"), hostID: try id(mapping, "hostID"),
          size: try id(mapping, "size")))
    }
    return mappings
  }

  private func id(_ mapping: JSONObject, _ name: String) throws(Defect) -> UInt32 {
    guard let value = mapping[name], value != .null else { return 0 }
    guard let id = value.integerValue.flatMap(UInt32.init(exactly:)) else {
      throw .member(name, expected: "a number of 32 bits")
    }
    return id
  }

  static func object(_ value: JSONValue?, _ name: String) throws(Defect) -> JSONObject {
    guard let object = value?.objectValue else { throw .member(name, expected: "an object") }
    return object
  }
}
