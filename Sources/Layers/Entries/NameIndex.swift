/// Finds names by their hashes: a table with open addressing that holds nothing else, so that the names
/// themselves are looked at only where they are most likely what is looked for.
///
/// 8 bytes a slot; a quarter of them at least is free.
final class NameIndex {
  private struct Slot: BitwiseCopyable {
    var hash: UInt32
    /// The number of a name; 0, which is the root's, where there is none.
    var name: UInt32
  }

  private var slots: UnsafeMutableBufferPointer<Slot>
  private var count = 0

  init() {
    slots = Self.makeSlots(1024)
  }

  deinit { slots.deallocate() }

  private static func makeSlots(_ count: Int) -> UnsafeMutableBufferPointer<Slot> {
    let slots = UnsafeMutableBufferPointer<Slot>.allocate(capacity: count)
    slots.initialize(repeating: Slot(hash: 0, name: 0))
    return slots
  }

  /// The first name with a hash that is the one meant.
  func find(_ hash: UInt32, where isMeant: (UInt32) -> Bool) -> UInt32? {
    let mask = slots.count - 1
    var place = Int(hash) & mask
    while slots[place].name != 0 {
      if slots[place].hash == hash, isMeant(slots[place].name) { return slots[place].name }
      place = (place + 1) & mask
    }
    return nil
  }

  /// Adds a name, which is not the root.
  func insert(_ name: UInt32, _ hash: UInt32) {
    if (count + 1) * 4 > slots.count * 3 { grow() }
    count += 1
    put(Slot(hash: hash, name: name))
  }

  /// Removes a name that is there.
  func remove(_ name: UInt32, _ hash: UInt32) {
    let mask = slots.count - 1
    var hole = Int(hash) & mask
    while slots[hole].name != name { hole = (hole + 1) & mask }
    count -= 1
    // What comes behind moves up, unless that were before its own place.
    var place = (hole + 1) & mask
    while slots[place].name != 0 {
      let home = Int(slots[place].hash) & mask
      if (place - home) & mask >= (place - hole) & mask {
        slots[hole] = slots[place]
        hole = place
      }
      place = (place + 1) & mask
    }
    slots[hole] = Slot(hash: 0, name: 0)
  }

  private func put(_ slot: Slot) {
    let mask = slots.count - 1
    var place = Int(slot.hash) & mask
    while slots[place].name != 0 { place = (place + 1) & mask }
    slots[place] = slot
  }

  private func grow() {
    let old = slots
    slots = Self.makeSlots(old.count * 2)
    for slot in old where slot.name != 0 { put(slot) }
    old.deallocate()
  }
}
