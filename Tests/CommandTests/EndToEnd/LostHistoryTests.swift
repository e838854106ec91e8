import Store
import TestSupport
import Testing

/// A layout that has lost a part: what is left answers, and nobody is told that all is well.
@Suite struct LostHistoryTests {
  private func tagged() throws -> Workshop {
    let shop = try Workshop()
    try shop.succeed(["tag", "--image", "L:a", "t"])
    return shop
  }

  @Test(
    arguments: [
      (["who", "t"], 0, "tag"), (["log"], 0, "adopt"), (["show"], 0, "tag"),
      (["audit", "head"], 0, ""), (["audit", "export"], 0, "\"seq\":2"),
      (["audit", "verify"], 65, "index-invalid"), (["diff", "@^", "@"], 1, "t: none"),
      (["leases"], 0, ""), (["status"], 0, "it is missing"),
    ] as [([String], Int32, String)])
  func `the history can be read while index.json is gone`(
    words: [String], status: Int32, said: String
  ) throws {
    let shop = try tagged()
    try Files.remove(shop.layout + "/index.json")
    let outcome = try shop.run(words + ["--layout", "L"])
    #expect(outcome.status == status, "\(outcome)")
    #expect(outcome.standardOutput.contains(said), "\(outcome)")
  }

  @Test func `a history that was removed is missed before the next one begins`() throws {
    let shop = try tagged()
    try Files.remove(shop.layout + "/.ocitx")
    let lost = "2 operations are lost"
    #expect(try shop.succeed(["status", "--layout", "L"]).contains(lost))
    let json = try shop.json(["status", "--layout", "L"])
    #expect(json.text("index", "state") == "no-history")
    #expect(json.text("lost_history", "stamp") != nil)
    #expect(try shop.run(["log", "--layout", "L"]).standardError.contains(lost))
    for words in [["who", "t"], ["audit", "export"], ["undo"], ["show"]] {
      let outcome = try shop.run(words + ["--layout", "L"])
      #expect(outcome.status == 66 && outcome.standardError.contains(lost), "\(outcome)")
    }
    #expect(try shop.run(["audit", "head", "--layout", "L"]).status == 65)
  }

  @Test func `recover alone begins a history that checks out, and that tells of the loss`() throws {
    let shop = try tagged()
    try Files.remove(shop.layout + "/.ocitx")
    let recovered = try shop.succeed(["recover", "--layout", "L"])
    #expect(recovered.contains("the history begins with what index.json has"), "\(recovered)")
    #expect(!recovered.contains("another tool"), "\(recovered)")
    for words in [["verify"], ["verify", "--repair"]] {
      #expect(try shop.succeed(words + ["--layout", "L"]).contains("history-lost"))
    }
    let audit = try shop.run(["audit", "verify", "--layout", "L"])
    #expect(audit.status == 65 && !audit.standardOutput.contains("stamp-"), "\(audit)")
    for verb in ["head", "export"] {
      let outcome = try shop.run(["audit", verb, "--layout", "L"])
      #expect(outcome.status == 0, "\(outcome)")
      #expect(outcome.standardError.contains("2 operations are lost"), "\(outcome)")
    }
  }

  @Test(arguments: [
    (["rm", "L/index.json"], "made index.json anew, which was missing"),
    (["mkfifo", "L/index.json"], "put index.json back: "),
  ])
  func `log tells what a repair found in the place of index.json`(
    damage: [String], said: String
  ) throws {
    let shop = try tagged()
    try Files.remove(shop.layout + "/index.json")
    if damage[0] != "rm" { try shop.expectSuccess(of: damage) }
    try shop.succeed(["recover", "--layout", "L"])
    let line = try shop.succeed(["log", "--layout", "L", "--kind", "repair"])
    #expect(line.contains(said), "\(line)")
    #expect(!line.contains("torn"), "\(line)")
  }

  @Test(arguments: [true, false])
  func `a repair tells that it made the database again, and what is lost by it`(
    isEmptied: Bool
  ) throws {
    let shop = try tagged()
    let database = shop.layout + "/.ocitx/journal.db"
    if isEmptied { try Files.write("", to: database) } else { try Files.remove(database) }
    let said = try shop.succeed(["verify", "--repair", "--layout", "L"])
    #expect(said.contains("rebuilt from 2 record(s)"), "\(said)")
    #expect(said.contains("its leases, its copies"), "\(said)")
  }

  @Test func `who knows no more of a tag than that another tool has set it`() throws {
    let shop = try tagged()
    let builder = try LayoutBuilder(at: shop.layout)
    let index = try Files.read(shop.layout + "/index.json")
    builder.tag("ext", try builder.addImage(["theirs"]))
    try builder.finish()
    let theirs = try #require(try shop.tags()["ext"])
    let outcome = try shop.run(["who", "ext", "--layout", "L"])
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.standardOutput.contains("another tool made it \(theirs)"), "\(outcome)")
    let json = try shop.json(["who", "ext", "--layout", "L"])
    #expect(json["moved_since"] == true && json["user"] == .null)
    try Files.write(index, to: shop.layout + "/index.json")
    #expect(try shop.run(["who", "ext", "--layout", "L"]).status == 66)
  }
}
