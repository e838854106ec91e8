internal import CLinux
internal import Glibc
internal import Store

/// Open descriptors of directories of a root file system, the least recently used closed first.
///
/// A directory is reached from the root's descriptor, or from a cached one, by openat2(2) with
/// `RESOLVE_BENEATH` and `RESOLVE_NO_SYMLINKS`: where the tree and the disk disagree, because
/// somebody else changes the disk, that is an error and never a way out.
final class DirectoryCache {
  private struct Slot {
    var node: ExtractedTree.Node
    var descriptor: Int32
    var lastUse: UInt64
  }

  private let tree: ExtractedTree
  private let root: Int32
  private let rootPath: String
  private var slots: [Slot] = []
  private var clock: UInt64 = 0

  private static var capacity: Int { 192 }
  private static var flags: Int32 { clinux_O_PATH | O_DIRECTORY | clinux_O_NOFOLLOW | O_CLOEXEC }

  /// Makes an empty cache; the root's descriptor stays the caller's.
  init(tree: ExtractedTree, root: Int32, rootPath: String) {
    self.tree = tree
    self.root = root
    self.rootPath = rootPath
  }

  deinit {
    for slot in slots where slot.descriptor >= 0 { close(slot.descriptor) }
  }

  /// A descriptor (`O_PATH`) of a directory, valid until the next call.
  func descriptor(of node: ExtractedTree.Node) throws(SyscallError) -> Int32 {
    if node == .root { return root }
    clock += 1
    let slot = tree.cacheSlot(of: node)
    if slot != .max {
      slots[Int(slot)].lastUse = clock
      return slots[Int(slot)].descriptor
    }
    let descriptor = try open(node)
    keep(descriptor, node)
    return descriptor
  }

  /// Closes the descriptor of a directory that is about to be removed.
  func forget(_ node: ExtractedTree.Node) {
    let slot = tree.cacheSlot(of: node)
    guard slot != .max else { return }
    close(slots[Int(slot)].descriptor)
    slots[Int(slot)] = Slot(node: .none, descriptor: -1, lastUse: 0)
    tree.setCacheSlot(of: node, to: .max)
  }

  private func keep(_ descriptor: Int32, _ node: ExtractedTree.Node) {
    let slot = Slot(node: node, descriptor: descriptor, lastUse: clock)
    if slots.count < Self.capacity {
      tree.setCacheSlot(of: node, to: UInt32(slots.count))
      slots.append(slot)
      return
    }
    var oldest = 0
    for index in slots.indices where slots[index].lastUse < slots[oldest].lastUse {
      oldest = index
    }
    if slots[oldest].descriptor >= 0 {
      close(slots[oldest].descriptor)
      tree.setCacheSlot(of: slots[oldest].node, to: .max)
    }
    slots[oldest] = slot
    tree.setCacheSlot(of: node, to: UInt32(oldest))
  }

  private func open(_ node: ExtractedTree.Node) throws(SyscallError) -> Int32 {
    var chain: [ExtractedTree.Node] = [node]
    var ancestor = tree.parent(of: node)
    while ancestor != .root, tree.cacheSlot(of: ancestor) == .max {
      chain.append(ancestor)
      ancestor = tree.parent(of: ancestor)
    }
    var from = ancestor == .root ? root : slots[Int(tree.cacheSlot(of: ancestor))].descriptor
    var isOwned = false
    var path: [UInt8] = []
    while let next = chain.popLast() {
      if !path.isEmpty { path.append(UInt8(ascii: "/")) }
      path.append(contentsOf: tree.name(of: next))
      // One call takes 4095 bytes at most, whatever the depth of the tree.
      if !chain.isEmpty, path.count < 3800 { continue }
      let opened = openBeneath(from, path)
      let failure = opened < 0 ? SyscallError.last("openat2", message(path)) : nil
      if isOwned { close(from) }
      if let failure { throw failure }
      from = opened
      isOwned = true
      path.removeAll(keepingCapacity: true)
    }
    return from
  }

  private func openBeneath(_ directory: Int32, _ path: [UInt8]) -> Int32 {
    let resolve =
      clinux_RESOLVE_BENEATH | clinux_RESOLVE_NO_SYMLINKS | clinux_RESOLVE_NO_MAGICLINKS
    var text = path.map { CChar(bitPattern: $0) }
    text.append(0)
    while true {
      let opened = clinux_openat2(directory, text, Self.flags, 0, resolve)
      if opened >= 0 || (errno != EINTR && errno != EAGAIN) { return opened }
    }
  }

  private func message(_ path: [UInt8]) -> String {
    rootPath + "/" + String(decoding: path, as: UTF8.self)
  }
}
