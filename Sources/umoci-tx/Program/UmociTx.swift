internal import ArgumentParser
internal import Journal

/// The root command.
struct UmociTx: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "umoci-tx",
    abstract: "Change OCI image layouts in transactions that can be undone.",
    usage: "umoci-tx [--log <level>] [--verbose] <command> [<options>]",
    discussion: """
      The commands of umoci, with its options. Each change is one operation: it happens \
      completely or not at all, survives crashes, never overwrites what somebody else did at \
      the same time, and is kept in the layout's history.

      Wherever a tag is read, TAG@{2} is its value two moves ago, TAG@{2026-11-20T10:00Z} or \
      TAG@{3.days.ago} its value at that time, TAG@{op:12} its value after an operation and \
      TAG@{op:12^} before it. A time means the end of the second, minute or day that it names, in \
      UTC where it says no zone.

      Exit status: 0 done, 64 wrong usage, 65 invalid content, 66 not found, 69 not supported, \
      70 defect, 73 exists already, 74 input/output failed, 75 busy or in conflict, 76 a person \
      must decide, 77 no permission.
      """,
    version: ProgramVersion.text,
    groupedSubcommands: [
      CommandGroup(
        name: "Image",
        subcommands: [
          NewCommand.self, TagCommand.self, RemoveCommand.self, ConfigCommand.self,
          InsertCommand.self, StatCommand.self, CatCommand.self, DiffCommand.self,
        ]),
      CommandGroup(
        name: "Bundle", subcommands: [UnpackCommand.self, RepackCommand.self, RawCommand.self]),
      CommandGroup(
        name: "Layout",
        subcommands: [InitializeCommand.self, ListCommand.self, CollectCommand.self]),
      CommandGroup(
        name: "History",
        subcommands: [
          LogCommand.self, ShowCommand.self, WhoCommand.self, UndoCommand.self,
          RedoCommand.self, RestoreCommand.self, AuditCommand.self,
        ]),
      CommandGroup(
        name: "Safety",
        subcommands: [
          StatusCommand.self, VerifyCommand.self, RecoverCommand.self, BatchCommand.self,
          ExecuteCommand.self,
          SettingsCommand.self, LeasesCommand.self,
        ]),
    ])

  @OptionGroup(title: "Global options")
  var global: GlobalOptions

  /// All of them.
  static let commands = CommandTree(UmociTx.self)
}
