internal import Store

/// A command line that cannot be carried out as it stands.
struct UsageError: HintingError, Equatable {
  /// What is wrong with it.
  let description: String
  /// What to do about it.
  let hint: String?

  init(_ description: String, hint: String? = nil) {
    self.description = description
    self.hint = hint
  }

  var category: FailureCategory { .usage }
  var causes: [String] { [] }

  /// Whether a path may stand without its option.
  var isAboutMissingPath: Bool {
    description.contains("unexpected argument")
      || ["--image", "--layout"].contains { description == "missing mandatory argument: \($0)" }
  }

  /// An option that a command cannot do without.
  static func missing(_ option: String, hint: String) -> UsageError {
    UsageError("missing mandatory argument: \(option)", hint: hint)
  }

  /// An option whose value cannot be read.
  static func invalid(_ option: String, _ reason: String, hint: String? = nil) -> UsageError {
    UsageError("invalid \(option): \(reason)", hint: hint)
  }
}

/// An error of the program itself, which knows what people type.
protocol HintingError: DiagnosableError {
  /// What to do about it, when there is something to do.
  var hint: String? { get }
}

extension HintingError {
  var remedy: Remedy? { hint.map { Remedy($0) } }
}
