internal import Journal
internal import Mutations
internal import Store

/// One side of a comparison.
enum DiffOperand: Equatable {
  /// A tag, now or earlier, or a manifest, an index or a config by its digest.
  case image(ImageReference)
  /// A state of the whole layout.
  case state(OperationReference)
  /// An image, or where there is neither a tag of that name nor a digest that is written so, a state.
  case imageOrState(ImageReference, OperationReference)

  /// Reads an operand: `op:12`, `12^`, a digest or the beginning of one, `TAG[@{…}]`, or `12`, which may be a tag.
  init(parsing text: String, now: Timestamp) throws(UsageError) {
    let operation = OperationReference(text)
    if let operation, text.hasPrefix("op:") || (try? ReferenceName(parsing: text)) == nil {
      self = .state(operation)
      return
    }
    do throws(ImageReference.Malformed) {
      let image = try ImageReference(parsingOperand: text, now: now)
      self = operation.map { .imageOrState(image, $0) } ?? .image(image)
    } catch {
      throw .invalid(
        "operand", "\(error)", hint: "write a tag, TAG@{1}, a digest, or op:12 for a state")
    }
  }

  /// Decides what may be both: a tag of the layout as it is comes first, then six digits of a digest.
  func resolved(_ index: ImageIndex) -> DiffOperand {
    guard case .imageOrState(let image, let operation) = self else { return self }
    let settled = image.settled(in: index)
    if case .tag(let tag) = settled, index.entries(named: tag.name.rawValue).isEmpty {
      return .state(operation)
    }
    return .image(settled)
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

extension ImageLookup {
  /// The index of a state.
  func index(after operation: OperationReference) throws -> ImageIndex {
    guard let history else { throw JournalError.noHistory(path: layout.path) }
    let sequence = try history.sequence(of: operation)
    return sequence == 0 ? .empty : try history.index(after: sequence)
  }
}
