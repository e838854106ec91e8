import Store
import Testing

@testable import Journal

/// What `undo` and `redo` without an argument choose, and what stands in the way of taking an operation
/// back, on histories that are only words.
@Suite struct ReversalSearchTests {
  /// `KIND [TAG…|=SETTING…] [of NUMBER] [by USER]`, oldest first.
  static func history(_ text: String) throws -> [OperationRecord] {
    try text.split(separator: ";").enumerated().map { index, line in
      var words = line.split(separator: " ")
      var user: UInt32 = 1000
      var reverts: OperationID?
      if let by = words.firstIndex(of: "by") {
        user = try #require(UInt32(words[by + 1]))
        words.removeSubrange(by...)
      }
      if let of = words.firstIndex(of: "of") {
        reverts = id(try #require(UInt8(words[of + 1])))
        words.removeSubrange(of...)
      }
      return record(index + 1, String(words[0]), words.dropFirst().map(String.init), reverts, user)
    }
  }

  private static func id(_ number: UInt8) -> OperationID {
    OperationID(randomBytes: [0, 0, 0, 0, 0, 0, 0, number])
  }

  private static func record(
    _ number: Int, _ kind: String, _ tags: [String], _ reverts: OperationID?, _ user: UInt32
  ) -> OperationRecord {
    let invocation = Invocation(
      arguments: [], workingDirectory: "/", userID: user, userName: nil, sudoUser: nil,
      hostName: "host", machineID: "machine", processID: 1, programVersion: "0", message: nil,
      now: { Timestamp(secondsSinceEpoch: 0) }, randomBytes: { [UInt8](repeating: 0, count: $0) })
    let digest = Digest.sha256(of: [])
    var record = OperationRecord(
      store: "0011223344556677", sequence: Int64(number), id: id(UInt8(number)), previous: nil,
      kind: OperationKind(rawValue: kind), time: Timestamp(secondsSinceEpoch: 0),
      wallClock: Timestamp(secondsSinceEpoch: 0), duration: 0,
      author: OperationRecord.Author(invocation), indexBefore: nil, indexAfter: digest,
      edits: tags.filter { !$0.hasPrefix("=") }.map {
        TagEdit(key: .name($0), before: [], after: [])
      },
      settings: tags.filter { $0.hasPrefix("=") }.map {
        SettingEdit(name: $0, before: nil, after: nil)
      }, addedBlobs: [],
      reverts: reverts, baseStamp: nil, conflicts: [], recovered: nil, details: [:])
    if kind == "gc" { record.moves.withdrawn = [.init(digest: digest, size: 0)] }
    return record
  }

  /// - Parameter gone: The operations whose content is gone.
  private func candidates(
    _ verb: OperationKind, _ history: [OperationRecord], gone: Set<Int64> = []
  ) -> [Int64] {
    var search = ReversalSearch(verb, userID: 1000)
    var found: [Int64] = []
    for record in history.reversed() {
      switch search.look(at: record) {
      case .candidate where gone.contains(record.sequence): search.passOver(record)
      case .candidate: found.append(record.sequence)
      case .passed, .stuck: continue
      case .end: return found
      }
    }
    return found
  }

  @Test(
    arguments: [
      ("init; new a; tag b; rm a; rm b", [5, 4], []),
      ("tag a; tag b; rm b", [3], [1]),
      ("tag a; batch a b; tag b; rm b", [4], []),
      ("tag a; tag a; undo a of 2", [3], [1]),
    ] as [(String, Set<Int64>, [Int64])])
  func `what was built on by something that cannot be taken back is not proposed`(
    history: String, gone: Set<Int64>, expected: [Int64]
  ) throws {
    #expect(candidates(.undo, try Self.history(history), gone: gone) == expected)
  }

  @Test(arguments: [
    ("adopt a b; tag a; tag b", [3, 2]),
    ("adopt a; tag a; gc; expire; fork; external b; heal a; repair a; accept a", [2]),
    ("tag a; tag b by 7; rm a by 7", [1]),
    ("tag a; tag b; undo b of 2", [1]),
    ("tag a; tag b; undo b of 2; undo a of 1", []),
    ("tag a; tag b; undo b of 2; redo b of 3", [2, 1]),
    ("tag a; undo a of 1; redo a of 2; undo a of 3", []),
    ("tag a; undo a of 1 by 7", []),
    ("tag a; gc; undo of 2", [1]),
    ("tag a; restore a b; batch a b; exec c; config a; insert a", [6, 5, 4, 3, 2, 1]),
    ("tag", []), ("tag a; settings =s", [2, 1]), ("settings =s; undo =s of 1", []),
  ])
  func `undo wants the newest of a person's own doings that stand`(
    history: String, expected: [Int64]
  ) throws {
    #expect(candidates(.undo, try Self.history(history)) == expected)
  }

  @Test(arguments: [
    ("tag a; undo a of 1", [2]),
    ("tag a; tag b; undo b of 2; undo a of 1", [4, 3]),
    ("tag a; tag b; undo b of 2; undo a of 1; redo a of 4", [3]),
    ("tag a; undo a of 1; tag c", []),
    ("tag a; undo a of 1; tag c by 7", [2]),
    ("tag a; undo a of 1; gc; external c; heal c", [2]),
    ("tag a; undo a of 1; tag c; undo c of 3", [4, 2]),
    ("tag a; undo a of 1; tag c; undo c of 3; redo c of 4", []),
    ("tag a; undo a of 1 by 7", []),
  ])
  func `redo wants the undos of now`(history: String, expected: [Int64]) throws {
    #expect(candidates(.redo, try Self.history(history)) == expected)
  }

  @Test(
    arguments: [
      // The operation, what took it back, who set `a` since.
      ("tag a; tag b", 1, nil, nil),
      ("tag a; tag a", 1, nil, 2),
      ("tag a; tag a; tag a", 1, nil, 3),
      ("tag a; tag a; undo a of 2", 1, nil, nil),
      ("tag a; tag a; undo a of 2; redo a of 3", 1, nil, 2),
      ("tag a; undo a of 1", 1, 2, nil),
      ("tag a; undo a of 1; tag a", 1, 2, 3),
      ("tag a; undo a of 1; redo a of 2", 1, nil, nil),
      ("tag a; tag a; undo a of 1", 2, nil, 3),
      ("tag a; external b; heal a", 1, nil, nil),
      ("tag a; external a", 1, nil, 2),
      ("tag a; tag a; undo a of 2; undo a of 2", 1, nil, nil),
      ("settings =s; settings =s", 1, nil, 2),
      ("settings =s; undo =s of 1; settings =t", 1, 2, nil),
      ("settings =a; tag a; settings =b", 1, nil, nil),
      ("tag a; settings =a", 1, nil, nil),
    ] as [(String, Int64, Int64?, Int64?)])
  func `later operations are in the way unless they cancel each other`(
    history: String, number: Int64, reversal: Int64?, mover: Int64?
  ) throws {
    var later = LaterOperations()
    for record in try Self.history(history).reversed() {
      if record.sequence == number {
        #expect(later.reversal(of: record)?.sequence == reversal)
        let value = try #require(record.changedValues.first)
        if reversal == nil { #expect(later.mover(of: value)?.sequence == mover) }
        return
      }
      later.pass(record)
    }
    Issue.record("there is no operation \(number)")
  }
}
