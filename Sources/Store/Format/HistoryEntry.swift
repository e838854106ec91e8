/// What was done to make a layer, or to change the configuration (image-spec v1.1.1, config §history).
public struct HistoryEntry: Sendable, Equatable {
  /// The JSON of this entry.
  public let json: JSONObject

  /// When it was done.
  public let created: Timestamp?

  /// A new entry; empty texts and a false `emptyLayer` are left out.
  public init(
    created: Timestamp? = nil, createdBy: String? = nil, author: String? = nil,
    comment: String? = nil, emptyLayer: Bool = false
  ) {
    self.created = created
    var json = JSONObject()
    if let created { json["created"] = JSONValue(created.description) }
    if let createdBy, !createdBy.isEmpty { json["created_by"] = JSONValue(createdBy) }
    if let author, !author.isEmpty { json["author"] = JSONValue(author) }
    if let comment, !comment.isEmpty { json["comment"] = JSONValue(comment) }
    if emptyLayer { json["empty_layer"] = true }
    self.json = json
  }

  /// The entry that a JSON value holds; throws for known members of a wrong type.
  public init(json value: JSONValue) throws(DocumentError) {
    guard case .object(let json) = value else {
      throw DocumentError(.wrongKind(value.kind, expected: "an object"))
    }
    self.json = json
    // What cannot be read as a time is none.
    created = (try? json.timestamp("created")) ?? nil
    for name in ["created", "created_by", "author", "comment"] { _ = try json.string(name) }
    _ = try json.bool("empty_layer")
  }

  /// The command that did it.
  public var createdBy: String? { json["created_by"]?.stringValue }

  /// Who did it.
  public var author: String? { json["author"]?.stringValue }

  /// A remark.
  public var comment: String? { json["comment"]?.stringValue }

  /// Whether it made no layer.
  public var isEmptyLayer: Bool { json["empty_layer"]?.boolValue ?? false }
}
