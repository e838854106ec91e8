/// Edits of single entries of the runtime section: all other entries keep their bytes.
extension ImageConfig {
  /// Sets a variable of the environment in place, or appends it, or removes it if `value` is nil.
  ///
  /// Of several entries with that name the first stays, so that every reader agrees on the value.
  public mutating func setVariable(_ name: String, to value: String?) {
    let old = runtimeSection["Env"]?.arrayValue?.elements ?? []
    let text = value.map { JSONValue("\(name)=\($0)") }
    var elements: [JSONValue] = []
    var isPlaced = text == nil
    for element in old {
      guard Self.isVariable(element, named: name) else {
        elements.append(element)
        continue
      }
      if !isPlaced, let text { elements.append(element == text ? element : text) }
      isPlaced = true
    }
    if !isPlaced, let text { elements.append(text) }
    if elements == old { return }
    setRuntimeMember(elements.isEmpty ? nil : JSONValue(elements), for: "Env")
  }

  /// Adds a port to those that are exposed, or removes it.
  public mutating func setExposedPort(_ port: String, isPresent: Bool) {
    setKey(port, of: "ExposedPorts", isPresent: isPresent)
  }

  /// Adds the path of a volume, or removes it.
  public mutating func setVolume(_ path: String, isPresent: Bool) {
    setKey(path, of: "Volumes", isPresent: isPresent)
  }

  /// Adds the members that the specification requires and that are missing or null, as umoci does:
  /// `created` as the year 1, and everything else empty.
  public mutating func addRequiredMembers() {
    let members: [(String, JSONValue)] = [
      ("created", JSONValue(Timestamp.zero.description)), ("architecture", ""), ("os", ""),
      ("config", [:]), ("rootfs", ["type": "layers", "diff_ids": []]),
    ]
    for (name, value) in members where json.present(name) == nil {
      json.set(value, for: name, in: Self.memberOrder)
    }
  }

  /// Applies a JSON merge patch (RFC 7396) to the whole configuration.
  ///
  /// Throws when the result is no configuration any more; it is unchanged then.
  public mutating func apply(_ patch: JSONObject) throws(DocumentError) {
    var document = try JSONDocument(serialized(), limits: .blob, named: "")
    var root = json
    root.merge(patch, order: Self.memberOrder)
    document.root = .object(root)
    let name = "the patched config"
    let patched = try ImageConfig(parsing: document.serialized(), named: name)
    // What is there already may be no time; what is put there has to be one.
    do throws(DocumentError) { _ = try patch.timestamp("created") } catch {
      throw error.named(name)
    }
    self = patched
  }

  private mutating func setKey(_ key: String, of name: String, isPresent: Bool) {
    var object = runtimeSection[name]?.objectValue ?? JSONObject()
    if object.contains(key) == isPresent { return }
    if isPresent { object.setSorted([:], for: key) } else { object.remove(key) }
    setRuntimeMember(object.isEmpty ? nil : .object(object), for: name)
  }

  private mutating func setRuntimeMember(_ value: JSONValue?, for name: String) {
    var section = runtimeSection
    section.set(value, for: name, in: Self.runtimeOrder)
    json.set(.object(section), for: "config", in: Self.memberOrder)
  }

  private static func isVariable(_ element: JSONValue, named name: String) -> Bool {
    guard let text = element.stringValue else { return false }
    let end = text.utf8.firstIndex(of: UInt8(ascii: "=")) ?? text.utf8.endIndex
    return text.utf8[..<end].elementsEqual(name.utf8)
  }
}

extension ImageManifest {
  /// The manifest after a JSON merge patch (RFC 7396).
  ///
  /// Throws when the result is no manifest any more.
  public func applying(_ patch: JSONObject) throws(DocumentError) -> ImageManifest {
    var document = try JSONDocument(serialized(), limits: .blob, named: "")
    var root = json
    root.merge(patch, order: Self.memberOrder)
    document.root = .object(root)
    return try ImageManifest(parsing: document.serialized(), named: "the patched manifest")
  }
}
