internal import Store

/// The values of `config`'s options.
enum ConfigText {
  /// The values of a repeated option; umoci drops an empty first one unless it is the only one.
  static func list(_ values: [String]) -> [String] {
    values.count > 1 && values.first == "" ? Array(values.dropFirst()) : values
  }

  /// `name=value`, split at the first `=`; the name must not be empty.
  static func pair(_ text: String, _ option: String) throws(UsageError) -> (String, String) {
    guard let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")), equals != text.startIndex else {
      throw .invalid(option, "\"\(text)\" is not of the form NAME=VALUE")
    }
    return (String(text[..<equals]), String(text[text.utf8.index(after: equals)...]))
  }

  /// An RFC 3339 time, whose offset is kept.
  static func time(_ text: String, _ option: String) throws(UsageError) -> Timestamp {
    do throws(Timestamp.Malformed) {
      return try Timestamp(parsing: text)
    } catch {
      throw .invalid(option, "\(error)")
    }
  }

  /// A JSON array of strings.
  static func strings(_ text: String, _ option: String) throws(UsageError) -> [String] {
    let root: JSONValue
    do throws(JSONError) {
      root = try JSONDocument(parsing: Array(text.utf8), limits: .blob, named: option).root
    } catch {
      throw .invalid(option, "\(error)")
    }
    let hint = "write a JSON array of strings, such as '[\"sh\", \"-c\"]'"
    guard let elements = root.arrayValue?.elements else {
      throw .invalid(option, "this is no array", hint: hint)
    }
    let strings = elements.compactMap(\.stringValue)
    guard strings.count == elements.count else {
      throw .invalid(option, "not all elements are strings", hint: hint)
    }
    return strings
  }
}
