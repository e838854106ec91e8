internal import Glibc

/// A small random number generator whose sequence depends on its seed alone (SplitMix64).
public struct SplitMix: RandomNumberGenerator, Sendable {
  /// The seed of the sequence.
  public let seed: UInt64
  private var state: UInt64

  /// Starts the sequence of a seed that is told elsewhere.
  public init(seed: UInt64) {
    self.seed = seed
    state = seed
  }

  /// Starts the sequence of a test's seed, which is told at once: also when the test then traps.
  public init(announcing seed: UInt64 = TestEffort.seed, _ test: String = #function) {
    self.init(seed: seed)
    // Past all buffers, which a trap would lose.
    let line = Array("seed \(seed): \(test)\n".utf8)
    _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  /// The next number.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Up to so many bytes of any value.
  public mutating func bytes(upTo count: Int) -> [UInt8] {
    (0..<Int.random(in: 0...count, using: &self)).map { _ in UInt8(truncatingIfNeeded: next()) }
  }
}
