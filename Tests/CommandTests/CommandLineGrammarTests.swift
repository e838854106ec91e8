import ArgumentParser
import Store
import Testing

@testable import umoci_tx

@Suite struct CommandLineGrammarTests {
  @Test(arguments: [
    (["ls", "--layout", "x"], ["ls", "--layout=x"]),
    (["ls", "-layout", "x"], ["ls", "--layout=x"]),
    (["ls", "-layout=x"], ["ls", "--layout=x"]),
    (["ls", "--layout="], ["ls", "--layout", ""]),
    (["ls", "--layout", ""], ["ls", "--layout", ""]),
    (["ls", "--layout"], ["ls", "--layout"]),
    (
      ["tag", "--image", "--json", "-m", "--dry-run"],
      ["tag", "--image=--json", "--message=--dry-run"]
    ),
    (["tag", "--message", "--", "new"], ["tag", "--message=--", "new"]),
    (["tag", "--expect=a=b"], ["tag", "--expect=a=b"]),
    (["ls", "--json=true"], ["ls", "--json"]),
    (["ls", "-json=0", "x"], ["ls", "x"]),
    (["ls", "--json=maybe"], ["ls", "--json=maybe"]),
    (
      ["exec", "--", "x", "-layout", "y", "--json=false"],
      ["exec", "--", "x", "-layout", "y", "--json=false"]
    ),
    (["batch", "-"], ["batch", "-"]),
    (["-v"], ["--version"]),
    (["ls", "-v"], ["ls", "-v"]),
    (["h"], ["help"]),
    (["tag", "h"], ["tag", "h"]),
    (["-h"], ["-h"]),
    (["ls", "--unknown", "x"], ["ls", "--unknown", "x"]),
    ([], []),
  ])
  func `words are brought into the parser's form`(input: [String], expected: [String]) {
    let words = CommandLineGrammar.normalize(input)
    #expect(words.command == expected)
    #expect(words.global == [])
  }

  @Test(arguments: [
    (["--log", "debug", "ls"], ["--log=debug"], ["ls"]),
    (["ls", "--log=debug"], ["--log=debug"], ["ls"]),
    (["ls", "--verbose"], ["--verbose"], ["ls"]),
    (["ls", "--verbose=false"], [], ["ls"]),
    (["tag", "-m", "--verbose", "x"], [], ["tag", "--message=--verbose", "x"]),
    (["exec", "--", "x", "--verbose"], [], ["exec", "--", "x", "--verbose"]),
  ])
  func `options about logging may stand anywhere`(
    input: [String], global: [String], command: [String]
  ) {
    let words = CommandLineGrammar.normalize(input)
    #expect(words.global == global)
    #expect(words.command == command)
  }

  @Test func `the grammar knows exactly the options that the commands have`() throws {
    let root = try JSONDocument(parsing: Array(UmociTx._dumpHelp().utf8), limits: .blob, named: "-")
      .root
    let command = try #require(root.objectValue?["command"])
    var values: Set<String> = ["generate-completion-script"]
    var flags: Set<String> = ["help-hidden", "experimental-dump-help"]
    Self.collect(command, values: &values, flags: &flags)
    #expect(
      values
        == CommandLineGrammar.valueOptions.union(CommandLineGrammar.optionalValues.keys))
    #expect(flags == CommandLineGrammar.flags)
  }

  private static func collect(
    _ command: JSONValue, values: inout Set<String>, flags: inout Set<String>
  ) {
    for argument in command.objectValue?["arguments"]?.arrayValue?.elements ?? [] {
      let names = argument.objectValue?["names"]?.arrayValue?.elements ?? []
      let long = names.compactMap { name -> String? in
        name.objectValue?["kind"]?.stringValue == "long"
          ? name.objectValue?["name"]?.stringValue : nil
      }
      switch argument.objectValue?["kind"]?.stringValue {
      case "option": values.formUnion(long)
      case "flag": flags.formUnion(long)
      default: break
      }
    }
    for child in command.objectValue?["subcommands"]?.arrayValue?.elements ?? [] {
      collect(child, values: &values, flags: &flags)
    }
  }
}
