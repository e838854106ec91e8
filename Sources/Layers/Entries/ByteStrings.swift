internal import Glibc

/// Comparison of names, which are bytes and nothing more.
extension UnsafeRawBufferPointer {
  /// Whether both hold the same bytes.
  func isSame(as other: UnsafeRawBufferPointer) -> Bool {
    guard count == other.count else { return false }
    guard count > 0, let left = baseAddress, let right = other.baseAddress else { return true }
    return memcmp(left, right, count) == 0
  }

  /// Whether both hold the same bytes.
  func isSame(as other: [UInt8]) -> Bool { other.withUnsafeBytes { isSame(as: $0) } }

  /// Whether this comes before the other in byte order.
  func precedes(_ other: UnsafeRawBufferPointer) -> Bool {
    let common = Swift.min(count, other.count)
    if common > 0, let left = baseAddress, let right = other.baseAddress {
      let order = memcmp(left, right, common)
      if order != 0 { return order < 0 }
    }
    return count < other.count
  }

  /// The first eight bytes as a number that is ordered as they are; what is missing counts as zeros.
  var prefixNumber: UInt64 {
    if count >= 8 { return UInt64(bigEndian: loadUnaligned(as: UInt64.self)) }
    var number: UInt64 = 0
    for (index, byte) in enumerated() { number |= UInt64(byte) << (56 - 8 * UInt64(index)) }
    return number
  }
}

extension ArraySlice<UInt8> {
  /// Whether both hold the same bytes.
  func isSame(as other: [UInt8]) -> Bool {
    withUnsafeBytes { $0.isSame(as: other) }
  }
}

extension [UInt8] {
  /// Whether this comes before the other in byte order.
  func precedes(_ other: [UInt8]) -> Bool {
    withUnsafeBytes { left in other.withUnsafeBytes { left.precedes($0) } }
  }
}

extension String {
  /// Calls `body` with the string's UTF-8.
  func utf8Bytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try Array(utf8).bytes(body)
  }
}

extension [UInt8] {
  /// Calls `body` with the array's bytes; like `withUnsafeBytes`, keeping the type of the error.
  func bytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let outcome: Swift.Result<Result, Failure> = withUnsafeBytes { bytes in
      do throws(Failure) { return .success(try body(bytes)) } catch { return .failure(error) }
    }
    return try outcome.get()
  }
}
