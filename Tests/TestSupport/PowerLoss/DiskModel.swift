/// A folder and what a traced command did to it, as effects that a power cut may lose.
///
/// The model follows the trace, decides for every change when a sync made it safe, and on which
/// earlier changes it depends. ``crashStates(limit:seed:)`` draws from it what the folder may look
/// like after a power cut at any moment.
public struct DiskModel: Sendable {
  /// The promises of the assumed file system.
  public let profile: PersistenceProfile
  /// The tree after the whole command, with nothing lost.
  ///
  /// Comparing it with the real folder proves
  /// that the trace is complete.
  public private(set) var finalTree: DiskTree

  let events: [TraceEvent]
  private(set) var effects: [DiskEffect] = []
  /// The tree before the command, with the (still nameless) nodes that it made.
  private(set) var baseTree: DiskTree

  private var inodes: [UInt64: DiskTree.NodeID] = [:]
  private var lastOfSlot: [DiskTree.Slot: Int] = [:]
  private var namesIn: [DiskTree.NodeID: [Int]] = [:]
  private var lastNames: Int?

  /// Follows a trace.
  ///
  /// - Parameters:
  ///   - tree: The root as it was before the command.
  ///   - trace: What the command did.
  ///   - profile: The promises of the file system.
  /// - Throws: ``TestFailure`` when the trace names files that cannot be there.
  public init(
    before tree: DiskTree, trace: SyscallTrace, profile: PersistenceProfile = .anyOrder
  ) throws {
    self.profile = profile
    baseTree = tree
    finalTree = tree
    events = trace.events
    for index in events.indices { try follow(index) }
  }

  private mutating func follow(_ index: Int) throws {
    switch events[index].action {
    case .nothing, .mark, .end: break
    case .create(let file, let mode): try addFile(index, file, .file(.bytes([])), mode)
    case .symlink(let file, let target):
      try addFile(index, file, .symlink(target: target), 0o777)
    case .makeFolder(let file, let mode): try addFile(index, file, .folder, mode)
    case .createUnnamed(let file, let mode): add(file, .file(.bytes([])), mode)
    case .write, .truncate, .zero, .setMode: try followContents(index)
    case .sync(let file): settle(index, try node(file, index), bits: true)
    case .syncData(let file): settle(index, try node(file, index), bits: false)
    case .syncEverything: for effect in effects.indices { makeSafe(effect, index) }
    case .rename, .exchange, .link, .unlink, .removeFolder: try followNames(index)
    }
  }

  // MARK: Contents

  private mutating func followContents(_ index: Int) throws {
    switch events[index].action {
    case .write(let file, let offset, let bytes):
      let node = try node(file, index)
      record(index, .bytes(node, offset: offset, bytes), byteOutcomes(node, offset, bytes))
    case .zero(let file, let offset, let length):
      let node = try node(file, index)
      let zeros = [UInt8](repeating: 0, count: length)
      record(index, .bytes(node, offset: offset, zeros), [.kept, .lost])
    case .truncate(let file, let size):
      let node = try node(file, index)
      if finalTree.size(of: node) != size { record(index, .size(node, size), [.kept, .lost]) }
    case .setMode(let file, let mode):
      record(index, .mode(try node(file, index), mode), [.kept, .lost])
    default: break
    }
    if let last = effects.last, last.event == index { try last.apply(.kept, to: &finalTree) }
  }

  private func byteOutcomes(
    _ node: DiskTree.NodeID, _ offset: Int, _ bytes: [UInt8]
  ) -> [DiskEffect.Outcome] {
    if bytes.count < 2 { return [.kept, .lost] }
    let grows = offset + bytes.count > finalTree.size(of: node)
    return [.kept, .lost, .firstHalf, .secondHalf] + (grows ? [.zeros] : [])
  }

  // MARK: Names

  @discardableResult
  private mutating func add(
    _ file: TraceEvent.File, _ kind: DiskTree.Kind, _ mode: UInt32
  ) -> DiskTree.NodeID {
    let node = finalTree.add(kind, mode: mode)
    _ = baseTree.add(kind, mode: mode)
    if let inode = file.inode { inodes[inode] = node }
    return node
  }

  private mutating func addFile(
    _ index: Int, _ file: TraceEvent.File, _ kind: DiskTree.Kind, _ mode: UInt32
  ) throws {
    let slot = try slot(file.path, index)
    let node = add(file, kind, mode)
    recordNames(index, [(slot, node)], reading: [slot])
  }

  private mutating func followNames(_ index: Int) throws {
    switch events[index].action {
    case .rename(let from, let to): try followRename(index, from, to)
    case .exchange(let one, let other): try followExchange(index, one, other)
    case .link(let file, let to):
      let slot = try slot(to, index)
      recordNames(index, [(slot, try node(file, index))], reading: [slot])
    case .unlink(let path):
      let slot = try slot(path, index)
      recordNames(index, [(slot, nil)], reading: [slot])
    case .removeFolder(let path):
      let slot = try slot(path, index)
      let inside = namesIn[try existing(slot, index)] ?? []
      recordNames(index, [(slot, nil)], reading: [slot], alsoNeeds: inside)
    default: break
    }
  }

  private mutating func followRename(_ index: Int, _ from: String, _ to: String) throws {
    let old = try slot(from, index)
    let node = try existing(old, index)
    if to.hasPrefix("/") {
      recordNames(index, [(old, nil)], reading: [old])
      return
    }
    let new = try slot(to, index)
    if finalTree[new] == node { return }  // rename(2): two names of one file, nothing happens
    recordNames(index, [(new, node), (old, nil)], reading: [old])
    if profile == .anyOrder, old.folder != new.folder {
      effects[effects.count - 1].outcomes.append(.bothNames)
    }
  }

  /// Across folders a disk without order may keep one half of an exchange: each folder is a block.
  private mutating func followExchange(_ index: Int, _ one: String, _ other: String) throws {
    let slots = [try slot(one, index), try slot(other, index)]
    let names = zip(slots, [try existing(slots[1], index), try existing(slots[0], index)])
      .map { ($0, Optional($1)) }
    guard profile == .anyOrder, slots[0].folder != slots[1].folder else {
      return recordNames(index, names, reading: slots)
    }
    let needs = slots.compactMap { lastOfSlot[$0] }
    for name in names { recordNames(index, [name], reading: [], alsoNeeds: needs) }
  }

  private mutating func recordNames(
    _ index: Int, _ names: [(DiskTree.Slot, DiskTree.NodeID?)], reading: [DiskTree.Slot],
    alsoNeeds: [Int] = []
  ) {
    let effect = effects.count
    var needs = Set(reading.compactMap { lastOfSlot[$0] } + alsoNeeds)
    switch profile {
    case .journaled: needs.formUnion(lastNames.map { [$0] } ?? [])
    case .folderOrdered: needs.formUnion(names.compactMap { namesIn[$0.0.folder]?.last })
    case .anyOrder: break
    }
    record(index, .names(names), [.kept, .lost])
    effects[effect].needs = needs
    for (slot, node) in names {
      lastOfSlot[slot] = effect
      namesIn[slot.folder, default: []].append(effect)
      finalTree[slot] = node
    }
    lastNames = effect
  }

  private mutating func record(
    _ index: Int, _ change: DiskEffect.Change, _ outcomes: [DiskEffect.Outcome]
  ) {
    let event = events[index]
    effects.append(
      DiskEffect(
        event: index, label: "#\(event.ordinal) \(event.label)", change: change,
        outcomes: outcomes))
  }

  // MARK: Syncs

  private mutating func makeSafe(_ effect: Int, _ index: Int) {
    if effects[effect].safeAfter == nil { effects[effect].safeAfter = index }
  }

  /// Makes safe what a sync of `node` covers, permission bits only if `bits`.
  private mutating func settle(_ index: Int, _ node: DiskTree.NodeID, bits: Bool) {
    for effect in effects.indices where effects[effect].safeAfter == nil {
      switch effects[effect].change {
      case .bytes(let file, _, _), .size(let file, _):
        if file == node { makeSafe(effect, index) }
      case .mode(let file, _):
        if (file == node && bits) || profile == .journaled { makeSafe(effect, index) }
      case .names(let names): settle(index, node, effect, names)
      }
    }
  }

  private mutating func settle(
    _ index: Int, _ node: DiskTree.NodeID, _ effect: Int,
    _ names: [(DiskTree.Slot, DiskTree.NodeID?)]
  ) {
    if profile == .journaled {
      makeSafe(effect, index)
    } else if let (_, value) = names.last(where: { $0.0.folder == node }) {
      // The folder that lost the old name is safe only when the new one is there too.
      let wasNewName = value != nil && effects[effect].outcomes.contains(.bothNames)
      if !wasNewName {
        makeSafe(effect, index)
      } else if effects[effect].mostlySafeAfter == nil {
        effects[effect].mostlySafeAfter = index
      }
    }
  }

  // MARK: Finding files

  private func mismatch(_ index: Int, _ path: String) -> TestFailure {
    TestFailure("event #\(events[index].ordinal) does not fit the folder: \(path) is unknown")
  }

  private mutating func node(_ file: TraceEvent.File, _ index: Int) throws -> DiskTree.NodeID {
    if let inode = file.inode, let node = inodes[inode] { return node }
    guard let node = finalTree.node(file.path) else { throw mismatch(index, file.path) }
    if let inode = file.inode { inodes[inode] = node }
    return node
  }

  private func slot(_ path: String, _ index: Int) throws -> DiskTree.Slot {
    guard let slot = finalTree.slot(path) else { throw mismatch(index, path) }
    return slot
  }

  private func existing(_ slot: DiskTree.Slot, _ index: Int) throws -> DiskTree.NodeID {
    guard let node = finalTree[slot] else { throw mismatch(index, slot.name) }
    return node
  }
}
