/// How a tool ended.
public struct ToolEnding {
  /// Its exit status, or 128 and the signal that ended it.
  public let status: Int32
  /// The signal that somebody sent us to stop; not the one that a terminal sends to everybody.
  public let request: Int32?
  /// How many processes it had left behind.
  public let leftovers: Int

  /// Tells of an end.
  public init(status: Int32, request: Int32?, leftovers: Int) {
    self.status = status
    self.request = request
    self.leftovers = leftovers
  }
}
