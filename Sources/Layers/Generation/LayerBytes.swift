/// A finished layer as bytes: a tar, plain or compressed with gzip or zstd, in a file or piece by piece.
public struct LayerBytes {
  package let open: () throws -> any LayerOrigin

  /// A regular file of this host, which is opened when the layer is added.
  public static func file(_ path: String) -> LayerBytes {
    LayerBytes { try ArchiveFile(path) }
  }

  /// Pieces in their order, of any size; each is asked for when the one before it was stored, so that memory
  /// is that of one piece.
  ///
  /// They can be read once.
  ///
  /// - Parameter name: What stands in messages.
  public static func pieces<Pieces: Sequence>(
    _ pieces: Pieces, named name: String = "the stream"
  ) -> LayerBytes where Pieces.Element: Sequence<UInt8> {
    var iterator = pieces.makeIterator()
    return reading(named: name) { iterator.next().map { Array($0) } }
  }

  /// The same from a closure, which gives a piece each time and nil at the end; what it throws ends the
  /// operation.
  public static func reading(
    named name: String = "the stream", _ next: @escaping () throws -> [UInt8]?
  ) -> LayerBytes {
    let pieces = LayerPieces(named: name, next)
    return LayerBytes { pieces }
  }
}
