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

  private static let flags = [(false, false), (false, true), (true, false), (true, true)]

  @Test(arguments: RecoveryEvidence.StagedIndex.allCases, 0..<4)
  func `every state but prepared is decided by the state alone`(
    staged: RecoveryEvidence.StagedIndex, flags: Int
  ) {
    let (isUnchanged, doApply) = Self.flags[flags]
    let states: [(OperationState?, Outcome)] = [
      (nil, .rollBack), (.intent, .rollBack), (.committed, .tidy), (.rolledBack, .tidy),
    ]
    for (state, expected) in states {
      let evidence = RecoveryEvidence(
        state: state, staged: staged, isIndexUnchanged: isUnchanged, doEditsApply: doApply)
      #expect(outcome(evidence) == expected)
    }
  }

  @Test(arguments: [
    (RecoveryEvidence.StagedIndex.new, false, false, Outcome.rollBack),
    (.new, false, true, .republish), (.new, true, false, .publish), (.new, true, true, .publish),
    (.displaced, false, false, .confirm), (.displaced, false, true, .confirm),
    (.displaced, true, false, .confirm), (.displaced, true, true, .confirm),
    (.absent, false, false, .confirm), (.absent, false, true, .confirm),
    (.absent, true, false, .confirm), (.absent, true, true, .confirm),
    (.withdrawn, false, false, .rollBack), (.withdrawn, false, true, .rollBack),
    (.withdrawn, true, false, .rollBack), (.withdrawn, true, true, .rollBack),
  ])
  func `a prepared operation is decided by its staged index`(
    staged: RecoveryEvidence.StagedIndex, isUnchanged: Bool, doApply: Bool, expected: Outcome
  ) {
    let evidence = RecoveryEvidence(
      state: .prepared, staged: staged, isIndexUnchanged: isUnchanged, doEditsApply: doApply)
    #expect(outcome(evidence) == expected)
  }
}
