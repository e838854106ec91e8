internal import Journal
internal import Mutations
internal import Store

/// One side of a comparison.
enum DiffOperand: Equatable {
  /// A tag, now or earlier.
  case tag(TagReference)
  /// A manifest, an index or a config by its digest.
  case digest(Digest)
  /// A state of the whole layout.
  case state(OperationReference)

  /// A tag, or where there is none of that name, a state.
  case tagOrState(TagReference, OperationReference)

  /// Reads an operand: `op:12`, `12^`, a whole digest, `TAG[@{…}]`, or `12`, which may be a tag.
  init(parsing text: String, now: Timestamp) throws(UsageError) {
    let operation = OperationReference(text)
    if let operation, text.hasPrefix("op:") || (try? ReferenceName(parsing: text)) == nil {
      self = .state(operation)
      return
    }
    if let digest = try? Digest(parsing: text) {
      self = .digest(digest)
      return
    }
    do throws(TagReference.Malformed) {
      let tag = try TagReference(parsing: text, now: now)
      self = operation.map { .tagOrState(tag, $0) } ?? .tag(tag)
    } catch {
      throw .invalid(
        "operand", "\(error)", hint: "write a tag, TAG@{1}, a digest, or op:12 for a state")
    }
  }

  /// Decides what may be both: a tag of the layout as it is comes first.
  func resolved(_ index: ImageIndex) -> DiffOperand {
    guard case .tagOrState(let tag, let operation) = self else { return self }
    return index.entries(named: tag.name.rawValue).isEmpty ? .state(operation) : .tag(tag)
  }

  /// What it stands for, unless it is a state.
  func descriptor(_ lookup: ImageLookup, _ platform: Platform?) throws -> Descriptor? {
    switch self {
    case .tag(let tag): try lookup.pathOrIndex(to: tag, platform: platform).target
    case .digest(let digest): try lookup.descriptor(of: digest)
    case .state, .tagOrState: nil
    }
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
