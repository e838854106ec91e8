import Journal
import Mutations
import Store
import TestSupport
import Testing

/// Every exported record is what docs/on-disk-format.md says a record is.
@Suite struct ExportSchemaTests {
  /// The table of a record's members: name and type.
  private func documentedMembers() throws -> [String: String] {
    let root = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    let lines = String(decoding: try Files.read(root + "/docs/on-disk-format.md"), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex { $0.hasPrefix("| member | type |") })
    var members: [String: String] = [:]
    for line in lines[(start + 2)...].prefix(while: { $0.hasPrefix("|") }) {
      let cells = line.split(separator: "|").map(String.init)
      let names = cells[0].split(separator: "`").map(String.init).filter {
        $0.first?.isLetter ?? false
      }
      let types = cells[1].split { $0 == " " || $0 == "," }.map(String.init)
      for (index, name) in names.enumerated() { members[name] = types[min(index, types.count - 1)] }
    }
    return members
  }

  private static let alwaysThere = [
    "v", "store", "seq", "id", "kind", "time", "wall", "duration_us", "who", "index", "edits",
  ]

  /// The members that objects in a record may have, and those that they must have.
  private static let objects: [String: (all: Set<String>, required: Set<String>)] = [
    "who": (
      ["uid", "host", "pid", "version", "argv", "cwd", "machine", "user", "sudo_user", "message"],
      ["uid", "host", "pid", "version", "argv", "cwd"]
    ),
    "index": (["after", "before"], ["after"]),
    "blobs": (["added", "withdrawn", "kept", "restored"], []),
  ]

  private func type(of value: JSONValue) -> String {
    switch value {
    case .object: "object"
    case .array: "array"
    case .string: "string"
    case .number: "number"
    default: "other"
    }
  }

  private func check(_ record: JSONObject, _ members: [String: String]) throws {
    for name in Self.alwaysThere { #expect(record[name] != nil, "\(name)") }
    for member in record.members {
      let name = member.name.text
      #expect(members[name] == type(of: member.value), "\(name)")
      if let shape = Self.objects[name], let object = member.value.objectValue {
        let names = Set(object.members.map(\.name.text))
        #expect(names.isSubset(of: shape.all), "\(name): \(names)")
        #expect(shape.required.isSubset(of: names), "\(name): \(names)")
      }
    }
    for list in ["edits", "conflicts"] {
      for edit in record[list]?.arrayValue?.elements ?? [] { try checkEdit(edit) }
    }
    for list in record["blobs"]?.objectValue?.members ?? [] {
      for blob in list.value.arrayValue?.elements ?? [] {
        #expect(
          blob.objectValue?["digest"]?.stringValue.map { (try? Digest(parsing: $0)) != nil } == true
        )
        #expect(blob.objectValue?.members.count == 2)
      }
    }
    for name in ["time", "wall"] {
      let text = try #require(record[name]?.stringValue)
      #expect(text.hasSuffix("Z"))
      #expect((try? Timestamp(parsing: text)) != nil)
    }
  }

  private func checkEdit(_ edit: JSONValue) throws {
    let object = try #require(edit.objectValue)
    #expect((object["ref"] == nil) != (object["unnamed"] == nil))
    for side in ["before", "after"] {
      let list = try #require(object[side]?.arrayValue)
      for element in list.elements { _ = try Descriptor(json: element) }
    }
  }

  /// A history with records of many kinds.
  private func makeHistory() throws -> TestLayout {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    try layout.tag("t", to: "b")
    try layout.undoNewest()
    try layout.changeForeign { $0.removeAll(named: "t") }
    try layout.recover()
    let base = try layout.index()
    try layout.tag("a", to: "b")
    let image = try layout.addForeignImage("theirs")
    try layout.changeForeign(from: base) {
      $0.removeAll(named: "a")
      $0.append(image.settingAnnotation(Annotations.referenceName, to: "a"))
    }
    try layout.recover()
    _ = try layout.addForeignImage("nobody's")
    try layout.remove("b")
    try layout.collect()
    try layout.undoNewest()
    try layout.collect()
    try layout.collect(trashAge: 0)
    return layout
  }

  @Test func `every record is as it is documented`() throws {
    let members = try documentedMembers()
    #expect(Set(Self.alwaysThere).isSubset(of: members.keys))
    let layout = try makeHistory()
    var kinds: Set<String> = []
    var seen: Set<String> = []
    try layout.history().export(ExportFilter()) { _, bytes in
      let root = try JSONDocument(parsing: bytes, limits: .index, named: "record").root
      let record = try #require(root.objectValue)
      try check(record, members)
      kinds.insert(try #require(record["kind"]?.stringValue))
      seen.formUnion(record.members.map(\.name.text))
    }
    #expect(kinds.isSuperset(of: ["adopt", "tag", "remove", "undo", "external", "gc", "expire"]))
    #expect(
      seen.isSuperset(of: ["blobs", "reverts", "base_stamp", "conflicts", "details", "prev"]))
  }
}

extension ImageIndex {
  fileprivate mutating func removeAll(named name: String) {
    replaceAllEntries(with: entries.filter { $0.referenceName != name }.map(\.descriptor))
  }
}
