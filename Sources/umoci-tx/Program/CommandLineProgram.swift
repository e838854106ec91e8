internal import ArgumentParser
internal import Glibc
internal import Journal
internal import Store

/// The program from its arguments to its exit status.
enum CommandLineProgram {
  /// Runs the command line of this process and exits.
  static func start() -> Never {
    let environment = EnvironmentVariables.current
    // A limit on the size of files is an error that can be told (EFBIG), and no reason to die.
    signal(SIGXFSZ, SIG_IGN)
    let context = CommandContext(
      commands: UmociTx.commands, invocation: .current,
      output: .standard(environment: environment),
      messages: .standard(environment: environment), environment: environment)
    do {
      try installFailPlan(environment)
    } catch {
      exit(tell(ErrorReport(error), asJSON: false, in: context))
    }
    exit(run(Array(ProgramArguments.all.dropFirst()), in: context))
  }

  /// Runs one command line and gives the exit status.
  ///
  /// The arguments come without the program's name.
  static func run(_ arguments: [String], in context: CommandContext) -> Int32 {
    let words = CommandLineGrammar.normalize(arguments)
    var context = context
    context.messages.hints = CommandHints(words.command, context.commands)
    var status = EXIT_SUCCESS
    do {
      let command = try parse(words, &context)
      context.output.tellsOfChange = command.tellsOfChange
      try command.run(in: context)
    } catch let exit as ExitCode {
      // A command's answer, such as "different", and no failure.
      status = exit.rawValue
    } catch {
      let told = explained(error, words.command, arguments)
      status = report(told, arguments, asJSON: wantsJSON(words.command), in: context)
    }
    do {
      try context.output.flush()
    } catch {
      let failure = report(error, arguments, asJSON: wantsJSON(words.command), in: context)
      if status == EXIT_SUCCESS { status = failure }
    }
    if let loss = context.output.loss {
      context.messages.log(
        .warning, "what was done stands, but telling it failed: \(loss); do not run it again")
    }
    return status
  }

  private static func parse(
    _ words: CommandLineGrammar.Words, _ context: inout CommandContext
  ) throws -> any ContextualCommand {
    try CommandSuggestion.checkCommand(words.command, context.commands)
    if words.command.first == ExecuteCommand.configuration.commandName {
      try ExecuteCommand.checkTerminator(words.command.dropFirst())
    }
    var command = try parse(words.command)
    if !words.global.isEmpty {
      context.messages.level = try GlobalOptions.parse(words.global).level()
    }
    guard let contextual = command as? any ContextualCommand else {
      // Help and the like are the parser's own commands, which answer by throwing.
      try command.run()
      throw CleanExit.helpRequest()
    }
    return contextual
  }

  /// Lets the parser see only the command that was named, which spares it most of its work.
  private static func parse(_ words: [String]) throws -> any ParsableCommand {
    guard let name = words.first,
      let type = UmociTx.commands.topLevel.first(where: { $0.name == name })?.type,
      type is any ContextualCommand.Type, !words.contains("--version")
    else { return try UmociTx.parseAsRoot(words) }
    return try type.parseAsRoot(Array(words.dropFirst()))
  }

  /// A complaint about a path that misses its option, with the line that was probably meant.
  private static func explained(
    _ error: any Error, _ words: [String], _ arguments: [String]
  ) -> any Error {
    let usage: UsageError
    if let error = error as? UsageError {
      usage = error
    } else {
      guard UmociTx.commands.isAboutUsage(error), !UmociTx.commands.isRequest(error) else {
        return error
      }
      usage = UsageError(complaint: error, arguments, UmociTx.commands)
    }
    guard usage.isAboutMissingPath,
      let line = PositionalHint.corrected(words, UmociTx.commands)
    else { return error }
    return UsageError(usage.description, hint: "write `\(line)`")
  }

  /// Tells about a failure, or answers a request for help, which the parser throws too.
  private static func report(
    _ error: any Error, _ arguments: [String], asJSON: Bool, in context: CommandContext
  ) -> Int32 {
    if let interrupted = error as? Interrupted {
      context.messages.log(.error, "interrupted by signal \(interrupted.signal)")
      return interrupted.status
    }
    if UmociTx.commands.isAboutUsage(error) {
      let text = UmociTx.fullMessage(for: error)
      if UmociTx.commands.isRequest(error) {
        do {
          try context.output.line(text)
          return EXIT_SUCCESS
        } catch {
          return report(error, arguments, asJSON: asJSON, in: context)
        }
      }
      let complaint = UsageError(complaint: error, arguments, UmociTx.commands)
      return tell(ErrorReport(complaint), asJSON: asJSON, in: context)
    }
    return tell(ErrorReport(error), asJSON: asJSON, in: context)
  }

  private static func tell(
    _ report: ErrorReport, asJSON: Bool, in context: CommandContext
  ) -> Int32 {
    if asJSON {
      let bytes = JSONText.terminalSafe(
        JSONValue.object(report.json(context.messages.hints)).rendered(.compact))
      context.messages.text(String(decoding: bytes, as: UTF8.self) + "\n")
    } else {
      context.messages.text(report.text(style: context.messages.style, context.messages.hints))
    }
    return report.status
  }

  /// Whether errors are to be told as JSON; known even when the command line cannot be parsed.
  private static func wantsJSON(_ words: [String]) -> Bool {
    words.prefix { $0 != "--" }.contains("--json")
  }

  /// Lets a test decide what happens at the mutating system calls; nothing in release builds.
  private static func installFailPlan(_ environment: EnvironmentVariables) throws(UsageError) {
    #if DEBUG
      let plan = environment["UMOCI_TX_FAIL"]
      let log = environment["UMOCI_TX_FAIL_LOG"]
      let markers = environment["UMOCI_TX_TRACE_MARKERS"] == "1"
      if plan == nil, log == nil, !markers { return }
      guard FailPlan.install(plan: plan, log: log, markers: markers) else {
        throw .invalid(
          "UMOCI_TX_FAIL", "\"\(plan ?? "")\" is no list of WHERE:WHAT",
          hint: "for example 17:before or publish.exchange:EIO")
      }
    #endif
  }
}
