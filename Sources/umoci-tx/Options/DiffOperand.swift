internal import Journal
internal import Mutations
internal import Store

/// One side of a comparison.
enum DiffOperand: Equatable {
  /// A tag, now or earlier, or a manifest, an index or a config by its digest.
  case image(ImageReference)
  /// A state of the whole layout.
  case state(State)

  /// The state of a layout after an operation, or right before it.
  struct State: Equatable {
    let operation: String
    let isBefore: Bool

    /// The index in that state.
    func index(_ lookup: ImageLookup) throws -> ImageIndex {
      guard let history = lookup.history else {
        throw JournalError.noHistory(path: lookup.layout.path)
      }
      let sequence = try history.operation(operation).record.sequence
      guard isBefore else { return try history.index(after: sequence) }
      return sequence <= 1 ? .empty : try history.index(after: sequence - 1)
    }
  }

  /// Reads an operand: `op:ID[^]`, a digest or the beginning of one, or `TAG[@{…}]`.
  init(parsing text: String, now: Timestamp) throws(UsageError) {
    if text.hasPrefix("op:") {
      let isBefore = text.hasSuffix("^")
      let name = text.dropFirst(3).dropLast(isBefore ? 1 : 0)
      let operation = try OperationName.check(String(name), option: "operation")
      self = .state(State(operation: operation, isBefore: isBefore))
      return
    }
    do throws(ImageReference.Malformed) {
      self = .image(try ImageReference(parsingOperand: text, now: now))
    } catch {
      throw .invalid(
        "operand", "\(error)", hint: "write a tag, TAG@{1}, a digest, or op:ID for a state")
    }
  }

  /// What it stands for, unless it is a state.
  func descriptor(_ lookup: ImageLookup, _ platform: Platform?) throws -> Descriptor? {
    guard case .image(let image) = self else { return nil }
    // A config is something to compare, and nothing to find a way to.
    if case .digest(let prefix) = image.settled(in: lookup.index), platform == nil {
      return try lookup.descriptor(of: prefix)
    }
    return try lookup.pathOrIndex(to: image, platform: platform).target
  }
}
