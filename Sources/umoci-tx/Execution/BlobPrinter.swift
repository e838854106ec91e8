internal import Journal
internal import Mutations
internal import Store

/// Prints blobs as they are, but never drives a terminal with untrusted bytes.
struct BlobPrinter {
  private static let blockSize = 1 << 18

  private let layout: ImageLayout
  private let output: OutputWriter

  init(_ layout: ImageLayout, _ context: CommandContext) {
    self.layout = layout
    output = context.output
  }

  /// Prints the verified bytes of a document.
  func print(document bytes: [UInt8]) throws {
    try output.raw(output.isTerminal ? JSONText.terminalSafe(bytes) : bytes)
  }

  /// Prints a blob, verified on the way; a document that only the history has is found there.
  ///
  /// - Throws: ``BlobError``, also after bytes that turned out to be wrong.
  func print(_ digest: Digest, _ lookup: ImageLookup) throws {
    guard let size = try layout.blobs.status(of: digest)?.size else {
      guard let copy = try lookup.history?.document(digest) else {
        throw BlobError.missing(digest)
      }
      return try print(document: copy)
    }
    if output.isTerminal {
      throw UsageError(
        "a blob may hold anything, and standard output is a terminal",
        hint: "redirect it: `> FILE`, or `| less`")
    }
    // The media type does not matter for reading.
    let descriptor = Descriptor(mediaType: .layer, digest: digest, size: size)
    var reader = try layout.blobs.reader(for: descriptor)
    let block = UnsafeMutableRawBufferPointer.allocate(
      byteCount: Self.blockSize, alignment: 16)
    defer { block.deallocate() }
    while true {
      let count = try reader.read(into: block)
      if count == 0 { break }
      try output.raw(Array(block[..<count]))
    }
    try reader.finish()
  }
}
