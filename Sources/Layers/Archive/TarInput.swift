/// Gives a tar stream in pieces.
protocol TarInput: AnyObject {
  /// The next piece, valid until the next call; nil at the end of the stream.
  func nextPiece() throws -> UnsafeRawBufferPointer?
}
