public import Store

/// Records as canonical JSON: sorted members, no white space, one line (RFC 8785 in spirit; numbers
/// of descriptors keep their spelling).
extension OperationRecord {
  /// The version of the format.
  static let version: Int64 = 1

  /// The bytes that are stored and hashed, without a newline.
  func canonicalBytes() -> [UInt8] { JSONValue.object(json).rendered(.canonical) }

  /// The hash of a record, which the next one carries.
  static func hash(_ canonicalBytes: [UInt8]) -> Digest { Digest.sha256(of: canonicalBytes) }

  /// The record as JSON.
  public var json: JSONObject {
    var object: JSONObject = [
      "v": JSONValue(Self.version), "store": JSONValue(store), "seq": JSONValue(sequence),
      "id": JSONValue(id.text), "kind": JSONValue(kind.rawValue),
      "time": JSONValue(time.description), "wall": JSONValue(wallClock.description),
      "duration_us": JSONValue(duration), "who": author.json,
      "index": .object(indexJSON), "edits": JSONValue(edits.map(\.json)),
    ]
    object["prev"] = previous.map { JSONValue($0.description) }
    if !settings.isEmpty { object["settings"] = JSONValue(settings.map(\.json)) }
    object["reverts"] = reverts.map { JSONValue($0.text) }
    object["base_stamp"] = baseStamp.map { JSONValue($0) }
    object["recovered"] = recovered.map { JSONValue($0) }
    if !addedBlobs.isEmpty || !moves.isEmpty { object["blobs"] = .object(blobsJSON) }
    if !conflicts.isEmpty { object["conflicts"] = JSONValue(conflicts.map(\.json)) }
    if !details.isEmpty { object["details"] = .object(details) }
    return object
  }

  private var blobsJSON: JSONObject {
    var object: JSONObject = [:]
    for (name, blobs) in [
      ("added", addedBlobs), ("withdrawn", moves.withdrawn), ("kept", moves.kept),
      ("restored", moves.restored),
    ] where !blobs.isEmpty {
      object[name] = JSONValue(blobs.map(\.json))
    }
    return object
  }

  private var indexJSON: JSONObject {
    var object: JSONObject = ["after": JSONValue(indexAfter.description)]
    object["before"] = indexBefore.map { JSONValue($0.description) }
    return object
  }

  /// Reads a record.
  ///
  /// - Throws: ``JournalError/brokenRecord(_:reason:)`` that names `path`.
  init(parsing bytes: [UInt8], named path: String) throws(JournalError) {
    do {
      try self.init(
        json: JSONDocument(parsing: bytes, limits: .index, named: path).root)
    } catch {
      throw .brokenRecord(path, reason: "\(error)")
    }
  }

  private init(json: JSONValue) throws {
    let object = RecordReader(json)
    let version = try object.integer("v")
    guard version == Self.version else { throw RecordError.unknownVersion(version) }
    let index = RecordReader(try object.value("index"))
    store = try object.text("store")
    sequence = try object.integer("seq")
    guard Self.sequences.contains(sequence) else { throw RecordError.malformed("member `seq`") }
    id = try object.operation("id")
    previous = try object.optionalText("prev").map { try Digest(parsing: $0) }
    kind = OperationKind(rawValue: try object.text("kind"))
    time = try Timestamp(parsing: object.text("time"))
    wallClock = try Timestamp(parsing: object.text("wall"))
    duration = try object.integer("duration_us")
    author = try Author(json: object.value("who"))
    indexBefore = try index.optionalText("before").map { try Digest(parsing: $0) }
    indexAfter = try Digest(parsing: index.text("after"))
    edits = try object.array("edits").map { try TagEdit(json: $0) }
    settings = try object.optionalArray("settings").map { try SettingEdit(json: $0) }
    let blobs = object.optionalValue("blobs").map { RecordReader($0) }
    addedBlobs = try Self.blobs("added", of: blobs)
    moves.withdrawn = try Self.blobs("withdrawn", of: blobs)
    moves.kept = try Self.blobs("kept", of: blobs)
    moves.restored = try Self.blobs("restored", of: blobs)
    reverts = try object.optionalText("reverts").flatMap { OperationID($0) }
    baseStamp = try object.optionalText("base_stamp")
    conflicts = try object.optionalArray("conflicts").map { try Conflict(json: $0) }
    recovered = try object.optionalText("recovered")
    details = object.optionalValue("details")?.objectValue ?? [:]
  }
}

extension OperationRecord {
  private static func blobs(_ name: String, of reader: RecordReader?) throws -> [AddedBlob] {
    guard let reader else { return [] }
    return try reader.optionalArray(name).map { try AddedBlob(json: $0) }
  }
}

extension OperationRecord.AddedBlob {
  var json: JSONValue { ["digest": JSONValue(digest.description), "size": JSONValue(size)] }

  init(json: JSONValue) throws {
    let object = RecordReader(json)
    digest = try Digest(parsing: object.text("digest"))
    size = try object.integer("size")
  }
}

extension OperationRecord.Conflict {
  var json: JSONValue { TagEdit(key: key, before: [], after: theirs).json }

  init(json: JSONValue) throws {
    let edit = try TagEdit(json: json)
    self.init(key: edit.key, theirs: edit.after)
  }
}

extension OperationRecord.Author {
  var json: JSONValue {
    var object: JSONObject = [
      "uid": JSONValue(Int64(userID)), "host": JSONValue(hostName),
      "pid": JSONValue(Int64(processID)), "version": JSONValue(programVersion),
      "argv": JSONValue(arguments.map { JSONValue($0) }), "cwd": JSONValue(workingDirectory),
    ]
    object["machine"] = machineID.map { JSONValue($0) }
    object["user"] = userName.map { JSONValue($0) }
    object["sudo_user"] = sudoUser.map { JSONValue($0) }
    object["message"] = message.map { JSONValue($0) }
    return .object(object)
  }

  init(json: JSONValue) throws {
    let object = RecordReader(json)
    userID = UInt32(truncatingIfNeeded: try object.integer("uid"))
    userName = try object.optionalText("user")
    sudoUser = try object.optionalText("sudo_user")
    hostName = try object.text("host")
    machineID = try object.optionalText("machine")
    processID = Int32(truncatingIfNeeded: try object.integer("pid"))
    programVersion = try object.text("version")
    arguments = try object.array("argv").compactMap(\.stringValue)
    workingDirectory = try object.text("cwd")
    message = try object.optionalText("message")
  }
}

/// Typed access to the members of a record, with errors that name them.
struct RecordReader {
  private let object: JSONObject

  init(_ value: JSONValue) { object = value.objectValue ?? [:] }

  func optionalValue(_ name: String) -> JSONValue? { object[name] }

  func value(_ name: String) throws(RecordError) -> JSONValue {
    guard let value = object[name] else { throw .malformed("member `\(name)`") }
    return value
  }

  func text(_ name: String) throws(RecordError) -> String {
    guard let text = try value(name).stringValue else { throw .malformed("member `\(name)`") }
    return text
  }

  func optionalText(_ name: String) throws(RecordError) -> String? {
    object[name] == nil ? nil : try text(name)
  }

  func integer(_ name: String) throws(RecordError) -> Int64 {
    guard let number = try value(name).integerValue else { throw .malformed("member `\(name)`") }
    return number
  }

  func array(_ name: String) throws(RecordError) -> [JSONValue] {
    guard let array = try value(name).arrayValue else { throw .malformed("member `\(name)`") }
    return array.elements
  }

  func optionalArray(_ name: String) throws(RecordError) -> [JSONValue] {
    object[name] == nil ? [] : try array(name)
  }

  func operation(_ name: String) throws(RecordError) -> OperationID {
    guard let id = OperationID(try text(name)) else { throw .malformed("member `\(name)`") }
    return id
  }
}
