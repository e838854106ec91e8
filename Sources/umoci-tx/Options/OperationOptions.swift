internal import ArgumentParser
internal import Journal
internal import Store

/// `--at-op OP`, of the commands that read.
struct AtOperationOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Read the layout as it was after this operation.", valueName: "op"))
  var atOp: String?

  /// The operation.
  func operation(now: Timestamp) throws(UsageError) -> OperationReference? {
    guard let atOp else { return nil }
    return try OperationReference(argument: atOp, "--at-op", now: now)
  }
}

extension OperationReference {
  /// Reads an argument or the value of an option.
  init(argument text: String, _ option: String, now: Timestamp) throws(UsageError) {
    guard let reference = OperationReference(text, now: now) else {
      throw .invalid(
        option, "\"\(text)\" is no operation",
        hint:
          "write a number (12), the beginning of an id, @ for the newest, 12^ for the one before, or"
          + " TAG@{1}; `umoci-tx log` lists them")
    }
    self = reference
  }
}
