/// Typed reading of members: absent and null are the same, any other JSON type is an error.
extension JSONObject {
  func present(_ name: String) -> JSONValue? {
    guard let value = self[name], value != .null else { return nil }
    return value
  }

  /// Whether there is a member of that name, and it is not null.
  func isPresent(_ name: String) -> Bool { present(name) != nil }

  func string(_ name: String) throws(DocumentError) -> String? {
    guard let value = present(name) else { return nil }
    guard case .string(let string) = value else { throw wrong(value, "a string", at: name) }
    return string.text
  }

  func bool(_ name: String) throws(DocumentError) -> Bool? {
    guard let value = present(name) else { return nil }
    guard case .bool(let bool) = value else { throw wrong(value, "a boolean", at: name) }
    return bool
  }

  func object(_ name: String) throws(DocumentError) -> JSONObject? {
    guard let value = present(name) else { return nil }
    guard case .object(let object) = value else { throw wrong(value, "an object", at: name) }
    return object
  }

  func elements(_ name: String) throws(DocumentError) -> [JSONValue]? {
    guard let value = present(name) else { return nil }
    guard case .array(let array) = value else { throw wrong(value, "an array", at: name) }
    return array.elements
  }

  func strings(_ name: String) throws(DocumentError) -> [String]? {
    guard let elements = try elements(name) else { return nil }
    var strings: [String] = []
    for (index, element) in elements.enumerated() {
      guard case .string(let string) = element else {
        throw wrong(element, "a string", at: "\(name)[\(index)]")
      }
      strings.append(string.text)
    }
    return strings
  }

  func timestamp(_ name: String) throws(DocumentError) -> Timestamp? {
    guard let text = try string(name) else { return nil }
    do throws(Timestamp.Malformed) {
      return try Timestamp(parsing: text)
    } catch {
      throw DocumentError(.invalidTimestamp(error), at: name)
    }
  }

  func digest(_ name: String) throws(DocumentError) -> Digest {
    guard let text = try string(name) else { throw DocumentError(.missing, at: name) }
    do throws(DigestError) {
      return try Digest(parsing: text)
    } catch {
      throw DocumentError(.invalidDigest(error), at: name)
    }
  }

  func annotations(_ name: String) throws(DocumentError) -> Annotations {
    guard let object = try object(name) else { return Annotations() }
    do throws(DocumentError) {
      return try Annotations(json: object)
    } catch {
      throw error.within(name)
    }
  }

  func descriptor(_ name: String) throws(DocumentError) -> Descriptor? {
    guard let object = try object(name) else { return nil }
    do throws(DocumentError) {
      return try Descriptor(json: object)
    } catch {
      throw error.within(name)
    }
  }

  func descriptors(_ name: String) throws(DocumentError) -> [Descriptor] {
    var descriptors: [Descriptor] = []
    for (index, element) in (try elements(name) ?? []).enumerated() {
      do throws(DocumentError) {
        descriptors.append(try Descriptor(json: element))
      } catch {
        throw error.within("\(name)[\(index)]")
      }
    }
    return descriptors
  }

  private func wrong(_ value: JSONValue, _ expected: String, at path: String) -> DocumentError {
    DocumentError(.wrongKind(value.kind, expected: expected), at: path)
  }
}

/// Checks that all readers agree on what a document is.
extension JSONObject {
  func requireSchemaVersion2() throws(DocumentError) {
    guard let value = present("schemaVersion") else {
      throw DocumentError(.missing, at: "schemaVersion")
    }
    if value.integerValue != 2 {
      let text = String(decoding: value.serialized(), as: UTF8.self)
      throw DocumentError(.unsupportedSchemaVersion(text), at: "schemaVersion")
    }
  }

  func requireMediaType(among expected: [MediaType]) throws(DocumentError) -> MediaType? {
    guard let text = try string("mediaType"), !text.isEmpty else { return nil }
    let type = MediaType(rawValue: text)
    if !expected.contains(type) {
      throw DocumentError(.wrongMediaType(type, expected: expected), at: "mediaType")
    }
    return type
  }

  func forbid(_ names: [String]) throws(DocumentError) {
    for name in names where contains(name) { throw DocumentError(.forbiddenMember, at: name) }
  }

  /// Sets a string, or removes it if it is nil or empty.
  mutating func set(_ text: String?, for name: String, in order: [String]) {
    if let text, case .string(let old)? = self[name], old.hasText(text), !text.isEmpty { return }
    set(text.flatMap { $0.isEmpty ? nil : JSONValue($0) }, for: name, in: order)
  }

  /// Sets a value at the place its name has in `order`, or removes it.
  mutating func set(_ value: JSONValue?, for name: String, in order: [String]) {
    guard let value else { return remove(name) }
    set(value, for: name, before: order.drop { $0 != name }.dropFirst().map { $0 })
  }

  /// Sets a member of an object that is sorted by name, as Go writes maps.
  mutating func setSorted(_ value: JSONValue, for name: String) {
    let later = members.map(\.name.text).filter {
      name.utf8.lexicographicallyPrecedes($0.utf8)
    }
    set(value, for: name, before: later)
  }

  /// Sets or removes an annotation; the member goes with the last one.
  mutating func setAnnotation(_ key: String, to value: String?, in order: [String]) {
    var object = self["annotations"]?.objectValue ?? JSONObject()
    if let value { object.setSorted(JSONValue(value), for: key) } else { object.remove(key) }
    set(object.isEmpty ? nil : .object(object), for: "annotations", in: order)
  }
}
