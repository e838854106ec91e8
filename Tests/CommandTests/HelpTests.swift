import ArgumentParser
import Journal
import Testing

@testable import umoci_tx

@Suite struct HelpTests {
  /// Every command, with the words by which it is called.
  static let commands: [(name: String, type: any ParsableCommand.Type)] =
    [("", UmociTx.self)] + below(UmociTx.self, [])

  private static func below(
    _ type: any ParsableCommand.Type, _ path: [String]
  ) -> [(name: String, type: any ParsableCommand.Type)] {
    type.configuration.allSubcommands.flatMap { child in
      let words = path + [child.configuration.commandName ?? ""]
      return [(words.joined(separator: "-"), child)] + below(child, words)
    }
  }

  @Test(arguments: commands.map(\.name))
  func `the help of a command is what was agreed`(name: String) throws {
    let command = try #require(Self.commands.first { $0.name == name })
    let help = UmociTx.helpMessage(for: command.type, columns: 80)
    try Golden.expect(help + "\n", is: name.isEmpty ? "help" : "help-" + name)
  }

  @Test(arguments: commands.map(\.name).filter { !$0.isEmpty })
  func `each command has a short abstract, its usage and an example`(name: String) throws {
    let command = try #require(Self.commands.first { $0.name == name })
    let configuration = command.type.configuration
    #expect(configuration.abstract.hasSuffix("."))
    #expect(configuration.abstract.utf8.count <= 80)
    #expect(configuration.usage?.hasPrefix("umoci-tx ") == true)
    #expect(configuration.discussion.contains("Example"))
    for line in configuration.discussion.split(separator: "\n") where line.hasPrefix("  umoci-tx") {
      #expect(line.utf8.count <= 80, "examples are never wrapped: \(line)")
    }
  }

  @Test(arguments: [
    [], ["help"], ["h"], ["--help"], ["-h"], ["help", "rm"], ["rm", "--help"], ["ls", "-h"],
    ["tag", "-help"], ["settings", "get", "--help"], ["--version"], ["-v"], ["ls", "--version"],
  ])
  func `help and version go to standard output with status 0`(arguments: [String]) throws {
    let run = try CapturedRun(arguments)
    #expect(run.status == 0)
    #expect(run.messages == "")
    #expect(run.output.contains("umoci-tx"))
  }

  @Test func `the version begins with the program and its number`() throws {
    let run = try CapturedRun(["--version"])
    #expect(run.output.hasPrefix("umoci-tx version \(ProgramVersion.number)\n"))
    #expect(run.output.contains("\nimage spec: 1.1.1\n"))
  }
}

extension CommandConfiguration {
  fileprivate var allSubcommands: [any ParsableCommand.Type] {
    ungroupedSubcommands + groupedSubcommands.flatMap(\.subcommands)
  }
}
