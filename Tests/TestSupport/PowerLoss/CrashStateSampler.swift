/// Crash states of one command, and how they were chosen.
public struct CrashStates: Sendable {
  /// The states, without repetitions; those that are possible early come first.
  public let states: [CrashState]
  /// True when these are all the states that the model allows.
  public let isExhaustive: Bool
  /// The seed of the choice.
  public let seed: UInt64
}

extension DiskModel {
  /// What the folder may look like after a power cut at any moment of the command or after it.
  ///
  /// A cut just before a sync allows everything that the cuts since the previous sync allow, so
  /// only those and the end are looked at.
  ///
  /// - Parameters:
  ///   - limit: The number of states to choose at most; at least one per cut is chosen.
  ///   - seed: Decides the choice when there are more.
  /// - Returns: The states, each different from the others.
  /// - Throws: ``TestFailure`` when a file of the tree before cannot be read.
  public func crashStates(limit: Int = 400, seed: UInt64 = 1) throws -> CrashStates {
    var random = SplitMix(announcing: seed)
    var states: [(cut: Int, state: CrashState)] = []
    var seen: Set<[Int]> = []
    var isExhaustive = true
    // The cuts with few possibilities first: what they leave of the limit goes to the others.
    let choosers = cuts.map { OutcomeChooser(effects: effects, cut: $0) }
      .sorted { ($0.openCount, $0.cut) < ($1.openCount, $1.cut) }
    for (index, chooser) in choosers.enumerated() {
      let quota = max(1, (limit - states.count) / (choosers.count - index))
      let choices = chooser.choose(quota, using: &random)
      isExhaustive = isExhaustive && choices.isExhaustive
      for outcomes in choices.outcomes {
        let state = try CrashState(self, cut: chooser.cut, outcomes: outcomes)
        let key = [state.tree.fingerprint(), state.isAcknowledged ? 1 : 0]
        if seen.insert(key).inserted { states.append((chooser.cut, state)) }
      }
    }
    return CrashStates(
      states: states.sorted { $0.cut < $1.cut }.map(\.state), isExhaustive: isExhaustive,
      seed: seed)
  }

  /// Event counts at which power may fail: before each sync that makes something safe, before the
  /// command's end, and after everything.
  private var cuts: [Int] {
    let syncs = effects.flatMap { [$0.safeAfter, $0.mostlySafeAfter].compactMap { $0 } }
    let ends = events.indices.filter {
      if case .end = events[$0].action { true } else { false }
    }
    return Set(syncs + ends + [events.count]).sorted()
  }
}

/// Chooses what becomes of the effects that are not safe at one cut.
struct OutcomeChooser {
  let effects: [DiskEffect]
  let cut: Int
  /// What may become of each effect; those after the cut are always lost.
  private let possible: [[DiskEffect.Outcome]]
  /// The effects that have more than one outcome.
  private let open: [Int]

  init(effects: [DiskEffect], cut: Int) {
    self.effects = effects
    self.cut = cut
    let possible = effects.map { $0.event < cut ? $0.outcomes(at: cut) : [.lost] }
    self.possible = possible
    open = possible.indices.filter { possible[$0].count > 1 }
  }

  var openCount: Int { open.count }

  struct Choices {
    var outcomes: [[DiskEffect.Outcome]]
    var isExhaustive: Bool
  }

  func choose(_ quota: Int, using random: inout SplitMix) -> Choices {
    let all = enumerate(upTo: quota + 1)
    if all.count <= quota { return Choices(outcomes: all, isExhaustive: true) }
    let candidates = [kept(), lost()] + (prefixes() + singles()).shuffled(using: &random)
    var seen: Set<[DiskEffect.Outcome]> = []
    var chosen: [[DiskEffect.Outcome]] = []
    for candidate in candidates where chosen.count < quota && seen.insert(candidate).inserted {
      chosen.append(candidate)
    }
    for _ in 0..<quota * 4 where chosen.count < quota {
      let candidate = draw(using: &random)
      if seen.insert(candidate).inserted { chosen.append(candidate) }
    }
    return Choices(outcomes: chosen, isExhaustive: false)
  }

  /// Every possible choice, but at most `count`.
  private func enumerate(upTo count: Int) -> [[DiskEffect.Outcome]] {
    var result: [[DiskEffect.Outcome]] = []
    var current = possible.map { $0[0] }
    func extend(_ position: Int) {
      guard position < open.count else { return result.append(current) }
      let effect = open[position]
      for outcome in possible[effect] where result.count < count {
        if outcome != .lost, !isPossible(effect, in: current) { continue }
        current[effect] = outcome
        extend(position + 1)
      }
    }
    extend(0)
    return result
  }

  /// Whether all that an effect needs has happened (as far as it is not safe itself).
  private func isPossible(_ effect: Int, in outcomes: [DiskEffect.Outcome]) -> Bool {
    !possible[effect].contains(.lost) || effects[effect].needs.allSatisfy { outcomes[$0] != .lost }
  }

  /// Loses what cannot have happened.
  private func repaired(_ outcomes: [DiskEffect.Outcome]) -> [DiskEffect.Outcome] {
    var result = outcomes
    for effect in open where !isPossible(effect, in: result) { result[effect] = .lost }
    return result
  }

  private func kept() -> [DiskEffect.Outcome] { possible.map { $0[0] } }

  private func lost() -> [DiskEffect.Outcome] {
    possible.map { $0.contains(.lost) ? .lost : $0[0] }
  }

  /// The plain crashes: everything up to one effect, which may itself be torn.
  private func prefixes() -> [[DiskEffect.Outcome]] {
    open.flatMap { last in
      possible[last].map { outcome in
        var choice = kept()
        for effect in open where effect >= last {
          choice[effect] = possible[effect].contains(.lost) ? .lost : possible[effect][0]
        }
        choice[last] = outcome
        return repaired(choice)
      }
    }
  }

  /// All but one, and nothing but one with what it needs.
  private func singles() -> [[DiskEffect.Outcome]] {
    open.flatMap { one in
      var alone = lost()
      var wanted = [one]
      while let effect = wanted.popLast() {
        if alone[effect] == .lost { alone[effect] = possible[effect][0] }
        wanted += effects[effect].needs.filter { alone[$0] == .lost && possible[$0].count > 1 }
      }
      let without = possible[one].map { outcome in
        var choice = kept()
        choice[one] = outcome
        return repaired(choice)
      }
      return [alone] + without
    }
  }

  private func draw(using random: inout SplitMix) -> [DiskEffect.Outcome] {
    let lossiness = Double.random(in: 0.1...0.9, using: &random)
    return repaired(
      possible.map { outcomes in
        guard outcomes.count > 1, Double.random(in: 0..<1, using: &random) < lossiness else {
          return outcomes[0]
        }
        return outcomes.dropFirst().randomElement(using: &random) ?? outcomes[0]
      })
  }
}
