internal import ArgumentParser
internal import Journal
internal import Mutations
internal import Store

/// A command that adds a layer to an image.
protocol LayerCommand: BatchableCommand where Change: LayerMutation {
  var options: NewLayerOptions { get }

  /// What is to be done, without anybody who looks on.
  func unwatchedMutation(_ address: ImageAddress, _ context: CommandContext) throws -> Change
}

extension LayerCommand {
  var expect: ExpectOption { options.editing.expect }
  var writing: WritingFlags { options.editing.writing }
  var output: OutputOptions { options.editing.output }
  var wantedProgress: String? { options.progress.progress }

  func run(in context: CommandContext) throws {
    let address = try image.address(now: context.invocation.now())
    let style = try options.progress.style(context.messages)
    let display = ProgressDisplay(style, context.messages)
    defer { display.finish() }
    var mutation = try mutation(address, context)
    let messages = context.messages
    mutation.onWarning = {
      display.finish()
      messages.log(.warning, $0)
    }
    if style != .none { mutation.onProgress = { display.update($0) } }
    let runner = try context.runner(
      address.path, writing,
      expecting: try expect.expectation(now: context.invocation.now()))
    let ready = mutation
    let (outcome, recovery) = try Interruption.deferring { try runner.run(ready) }
    display.finish()
    RecoveryText(recovery).tell(messages)
    let report = LayerReport(outcome, mutation.findings, tag: mutation.destination ?? "")
    try report.write(to: context, asJSON: output.json)
  }

  func mutation(_ address: ImageAddress, _ context: CommandContext) throws -> Change {
    var mutation = try unwatchedMutation(address, context)
    let messages = context.messages
    mutation.onWarning = { messages.log(.warning, $0) }
    mutation.check = { try Interruption.check() }
    if options.editing.history.noHistory {
      // As umoci does.
      messages.log(
        .warning,
        "the layer gets no entry in the history of the image (--no-history): other tools will tell"
          + " its layers from its commands wrongly")
    }
    return mutation
  }
}
