internal import CLinux
internal import Store

extension ExtendedAttribute {
  /// The attributes of an open file that an mtree file lists: all of them, or none at all when
  /// their names, or one value, take more than 1024 bytes or cannot be read (gomtree's buffers).
  package static func listedInMtree(of descriptor: Int32) -> [ExtendedAttribute] {
    func read(_ call: (UnsafeMutableRawPointer?, Int) -> Int) -> [UInt8]? {
      var count = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: 1024) { buffer, used in
        count = call(buffer.baseAddress, buffer.count)
        used = max(count, 0)
      }
      return count < 0 ? nil : bytes
    }
    let list = read {
      clinux_flistxattr(descriptor, $0?.assumingMemoryBound(to: CChar.self), $1)
    }
    guard let list else { return [] }
    var attributes: [ExtendedAttribute] = []
    for name in list.split(separator: 0).map(Array.init) {
      let value = read { pointer, size in
        name.withCName { clinux_fgetxattr(descriptor, $0, pointer, size) }
      }
      guard let value else { return [] }
      attributes.append(ExtendedAttribute(name: name, value: value))
    }
    return attributes
  }
}
