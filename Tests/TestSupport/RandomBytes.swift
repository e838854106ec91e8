/// Random bytes of the system, where a test does not care which.
public enum RandomBytes {
  /// Makes that many random bytes.
  public static func make(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: .min ... .max) }
  }
}
