public import Store

/// One change of a setting of the layout: its value before and after.
public struct SettingEdit: Equatable, Sendable {
  /// The setting's name.
  public let name: String
  /// The value before; nil where none was set, so that the default held.
  public let before: String?
  /// The value after; nil goes back to the default.
  public let after: String?

  /// Makes an edit from its parts.
  public init(name: String, before: String?, after: String?) {
    self.name = name
    self.before = before
    self.after = after
  }

  /// The edit as it stands in records; the side where the default holds is absent.
  public var json: JSONValue {
    var object: JSONObject = ["name": JSONValue(name)]
    object["before"] = before.map { JSONValue($0) }
    object["after"] = after.map { JSONValue($0) }
    return .object(object)
  }

  /// Reads an edit of a record.
  init(json: JSONValue) throws {
    let object = RecordReader(json)
    name = try object.text("name")
    before = try object.optionalText("before")
    after = try object.optionalText("after")
  }
}
