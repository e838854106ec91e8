import Testing

@testable import Journal

@Suite struct RecoveryDecisionTests {
  /// What is decided, without the words.
  enum Outcome: String { case rollBack, publish, republish, confirm, tidy }

  private func outcome(_ evidence: RecoveryEvidence) -> Outcome {
    switch RecoveryDecision(evidence) {
    case .rollBack: .rollBack
    case .publish: .publish
    case .republish: .republish
    case .confirm: .confirm
    case .tidy: .tidy
    }
  }

  private static let flags = RecoveryEvidence.PublishedIndex.allCases.flatMap { index in
    [(index, false), (index, true)]
  }

  @Test(arguments: RecoveryEvidence.StagedIndex.allCases, flags.indices)
  func `every state but prepared is decided by the state alone`(
    staged: RecoveryEvidence.StagedIndex, flags: Int
  ) {
    let (index, doApply) = Self.flags[flags]
    let states: [(OperationState?, Outcome)] = [
      (nil, .rollBack), (.intent, .rollBack), (.committed, .tidy), (.rolledBack, .tidy),
    ]
    for (state, expected) in states {
      let evidence = RecoveryEvidence(
        state: state, staged: staged, index: index, doEditsApply: doApply)
      #expect(outcome(evidence) == expected)
    }
  }

  @Test(arguments: [
    (RecoveryEvidence.PublishedIndex.other, false, Outcome.rollBack), (.other, true, .republish),
    (.asFound, false, .publish), (.asFound, true, .publish),
    (.stamped, false, .confirm), (.stamped, true, .confirm),
  ])
  func `a prepared operation whose new index is staged is decided by index.json and the tags`(
    index: RecoveryEvidence.PublishedIndex, doApply: Bool, expected: Outcome
  ) {
    let evidence = RecoveryEvidence(
      state: .prepared, staged: .new, index: index, doEditsApply: doApply)
    #expect(outcome(evidence) == expected)
  }

  @Test(arguments: [
    (RecoveryEvidence.StagedIndex.replaced, Outcome.confirm), (.absent, .confirm),
    (.retracted, .rollBack), (.halfSwapped, .rollBack),
  ])
  func `any other prepared operation is decided by what is staged`(
    staged: RecoveryEvidence.StagedIndex, expected: Outcome
  ) {
    for (index, doApply) in Self.flags {
      let evidence = RecoveryEvidence(
        state: .prepared, staged: staged, index: index, doEditsApply: doApply)
      #expect(outcome(evidence) == expected)
    }
  }
}
