internal import ArgumentParser
internal import Journal
internal import Store

/// `audit`: the history as evidence.
struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Check the history against what vouches for it, and take it elsewhere.",
    usage: "umoci-tx audit <subcommand>",
    discussion: """
      Each record holds the hash of the one before it, and index.json holds that of the last. \
      Whoever changes, drops, adds or reorders records shows. Whoever can write everything could \
      still cut off the end or write all of it anew: keep the head elsewhere, for example in a \
      build log, and the history can be held against it.

      Examples:
        umoci-tx audit head --layout images/app
        umoci-tx audit verify --layout images/app --head 3f2a1b9c0d1e4f5a
        umoci-tx audit export --layout images/app --since yesterday
      """,
    subcommands: [AuditVerifyCommand.self, AuditHeadCommand.self, AuditExportCommand.self])
}

/// `audit verify`: checks the history.
struct AuditVerifyCommand: ContextualCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check that no record was changed, dropped, added or reordered.",
    usage: "umoci-tx audit verify [--layout <path>] [--head <hex>] [--json]",
    discussion: """
      Reads every record in the database and below .ocitx/ops, follows the chain, and compares its \
      end with index.json. The first break comes first. With findings the exit status is 65; \
      docs/findings.md explains each code. A history that began when another one was gone is not \
      whole either, for ever, unless --head is a record of it: whoever kept that has seen the loss.

      Example:
        umoci-tx audit verify --layout images/app --head "$(cat app.head)"
      """)

  @OptionGroup var layout: CurrentLayoutOption

  @Option(
    help: ArgumentHelp(
      "A head that the history must contain: what `audit head` printed once, or a stamp.",
      valueName: "hex"))
  var head: String?

  @OptionGroup var output: OutputOptions

  func run(in context: CommandContext) throws {
    let path = try layout.path()
    let expected = try expectedHead()
    let audit = try HistoryAudit(
      of: ReadableLayout(historyAt: path).layout, expecting: expected, now: context.invocation.now()
    ).run()
    guard audit.hasHistory || !audit.findings.isEmpty else {
      throw JournalError.noHistory(path: path)
    }
    let text = AuditText(audit, path: path)
    if output.json {
      try context.output.document(text.json)
    } else {
      try context.output.lines(text.lines(style: context.output.style), context.messages.hints)
    }
    if !text.isWhole { throw ExitCode(FailureCategory.invalidContent.rawValue) }
  }

  private func expectedHead() throws(UsageError) -> ExpectedHead? {
    guard let head else { return nil }
    guard let expected = ExpectedHead(head) else {
      throw .invalid(
        "--head", "\"\(head)\" is no hash of a record",
        hint: "write what `umoci-tx audit head` printed, at least"
          + " \(ExpectedHead.minimumDigits) hexadecimal digits of it")
    }
    return expected
  }
}

/// `audit head`: the end of the history.
struct AuditHeadCommand: ContextualCommand {
  static let configuration = CommandConfiguration(
    commandName: "head",
    abstract: "Print the hash of the newest record, to be kept elsewhere.",
    usage: "umoci-tx audit head [--layout <path>] [--json]",
    discussion: """
      Checks the history first, so that a broken one has no head.

      Example:
        umoci-tx audit head --layout images/app >app.head
      """)

  @OptionGroup var layout: CurrentLayoutOption
  @OptionGroup var output: OutputOptions

  func run(in context: CommandContext) throws {
    let path = try layout.path()
    let audit = try HistoryAudit(
      of: ReadableLayout(historyAt: path).layout, now: context.invocation.now()
    ).run()
    if let broken = audit.firstBreak {
      throw JournalError.brokenRecord(broken.subject, reason: broken.message)
    }
    guard let head = audit.head else { throw JournalError.noHistory(path: path) }
    if let lost = audit.lost { context.messages.log(.warning, lost.explanation) }
    if output.json { return try context.output.document(AuditText.json(head)) }
    try context.output.line(head.hash.encoded)
  }
}

/// `audit export`: the records, for those who keep them elsewhere.
struct AuditExportCommand: ContextualCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Print the records as JSON Lines, oldest first.",
    usage: "umoci-tx audit export [--layout <path>] [<options>]",
    discussion: """
      Each line is {"hash":…,"record":…}: the record byte for byte as it is hashed, so that the \
      chain can be checked from the lines alone. docs/audit-export.md describes the members. A \
      record that breaks the chain ends the export with status 65.

      Example:
        umoci-tx audit export --layout images/app --tag latest --since 30.days.ago
      """)

  @OptionGroup var layout: CurrentLayoutOption

  @OptionGroup var options: OperationFilterOptions
  @OptionGroup var output: OutputOptions

  func run(in context: CommandContext) throws {
    let path = try layout.path()
    let query = try options.query(now: context.invocation.now())
    let output = context.output
    let readable = try ReadableLayout(historyAt: path)
    let history = try readable.history()
    if let lost = try history.lostHistory() { context.messages.log(.warning, lost.explanation) }
    try query.checkKinds(in: history)
    try query.tellUnknown(in: history, readable, context.messages)
    try history.export(filter(query)) { hash, record in
      let line = Array("{\"hash\":\"\(hash)\",\"record\":".utf8) + record + Array("}\n".utf8)
      // A file gets the very bytes that were hashed; a terminal obeys nothing that is in them.
      try output.raw(output.isTerminal ? JSONText.terminalSafe(line) : line)
    }
  }

  private func filter(_ query: LogQuery) -> ExportFilter {
    var filter = ExportFilter()
    filter.since = query.since
    filter.tags = Set(query.tags)
    filter.users = Set(query.users)
    filter.kinds = Set(query.kinds)
    return filter
  }
}
