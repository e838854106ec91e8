/// Reads an mtree file piece by piece into an ``MtreeFile`` (mtree(5), umoci-behaviour §2.4).
///
/// Takes any bytes: what is no mtree file gives one error with its line. At any time it holds what
/// it has read so far, and at most one line of at most `maximumLineLength` bytes besides.
package struct MtreeParser {
  /// The longest line, continuations included, in bytes.
  ///
  /// What Linux allows in names and in the extended attributes of a file stays far below.
  package static let maximumLineLength = 16 << 20

  private var mtree = MtreeFile()
  private var line: [UInt8] = []
  private var lineNumber = 1
  private var isContinued = false
  private var isLineBegun = false
  private var currentSet: Int?
  private var currentDirectory = MtreeFile.Node.root
  private var knownKeywords: Set<[UInt8]> = []
  private let limit: Int

  /// Makes a parser that has read nothing.
  package init(maximumLineLength limit: Int = maximumLineLength) {
    self.limit = limit
  }

  /// Takes the next bytes of the file, however they are cut.
  package mutating func read(_ bytes: UnsafeRawBufferPointer) throws(MtreeError) {
    var rest = bytes[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      try append(rest[rest.startIndex..<end])
      try endLine()
      rest = rest[(end + 1)...]
    }
    try append(rest)
  }

  /// Ends the file.
  ///
  /// - Returns: All that it said.
  package consuming func finish() throws(MtreeError) -> MtreeFile {
    if isLineBegun { try endLine() }
    guard !isContinued else { throw .malformed(line: lineNumber - 1, .endsInContinuation) }
    return mtree
  }

  private mutating func append(_ bytes: Slice<UnsafeRawBufferPointer>) throws(MtreeError) {
    guard bytes.count <= limit - line.count else { throw defect(.tooLong(limit: limit)) }
    line.append(contentsOf: bytes)
    isLineBegun = isLineBegun || !bytes.isEmpty
  }

  private func defect(_ defect: MtreeDefect) -> MtreeError {
    .malformed(line: lineNumber, defect)
  }

  private mutating func endLine() throws(MtreeError) {
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    isContinued = line.last == UInt8(ascii: "\\") && !isComment
    if isContinued {
      line.removeLast()
    } else {
      try parse(line[...])
      line.removeAll(keepingCapacity: line.capacity < 1 << 16)
    }
    isLineBegun = false
    lineNumber += 1
  }

  private var isComment: Bool { line.first { $0 != 0x20 && $0 != 0x09 } == UInt8(ascii: "#") }

  private mutating func parse(_ line: ArraySlice<UInt8>) throws(MtreeError) {
    guard !isComment else { return }
    var words = MtreeWords(line)
    guard let first = words.next() else { return }
    if line.first == UInt8(ascii: "/") {
      try parseCommand(first, words.remainder)
    } else if first.elementsEqual([UInt8(ascii: "."), UInt8(ascii: ".")]) {
      currentDirectory = mtree.parent(of: currentDirectory)
    } else {
      try parseEntry(first, words.remainder)
    }
  }

  private mutating func parseCommand(
    _ name: ArraySlice<UInt8>, _ values: ArraySlice<UInt8>
  ) throws(MtreeError) {
    if name.elementsEqual("/set".utf8) {
      note(values)
      guard let number = mtree.addSet(values: values) else { throw defect(.tooMuch) }
      currentSet = number
    } else if name.elementsEqual("/unset".utf8) {
      currentSet = nil
    }
  }

  private mutating func parseEntry(
    _ encoded: ArraySlice<UInt8>, _ values: ArraySlice<UInt8>
  ) throws(MtreeError) {
    guard let path = MtreeName.decode(encoded) else { throw defect(.badEscape) }
    guard !path.contains(0) else { throw defect(.nulInName) }
    let isFull = encoded.contains(UInt8(ascii: "/"))
    let node = try place(path, in: isFull ? .root : currentDirectory)
    guard mtree.list(node, values: values, set: currentSet) else { throw defect(.tooMuch) }
    if note(values), !isFull { currentDirectory = node }
  }

  /// The place of a path that cannot leave `start`, whatever dots it has.
  private mutating func place(
    _ path: [UInt8], in start: MtreeFile.Node
  ) throws(MtreeError) -> MtreeFile.Node {
    var places = [start]
    for component in path.split(separator: UInt8(ascii: "/")) {
      if component.elementsEqual([UInt8(ascii: ".")]) { continue }
      if component.elementsEqual([UInt8(ascii: "."), UInt8(ascii: ".")]) {
        if places.count > 1 { places.removeLast() }
        continue
      }
      guard let node = mtree.makeNode(named: component, in: places[places.count - 1]) else {
        throw defect(.tooMuch)
      }
      places.append(node)
    }
    return places[places.count - 1]
  }

  /// Remembers the keywords in use.
  ///
  /// - Returns: Whether the values say that the file is a directory.
  @discardableResult
  private mutating func note(_ values: ArraySlice<UInt8>) -> Bool {
    var isDirectory = false
    var words = MtreeWords(values)
    while let value = words.nextValue() {
      let prefix = value.prefix
      if knownKeywords.insert(Array(prefix)).inserted {
        mtree.usedKeywords.append(String(decoding: prefix, as: UTF8.self))
      }
      if value.keyword.elementsEqual("type".utf8) {
        isDirectory = isDirectory || value.value.elementsEqual("dir".utf8)
      }
    }
    return isDirectory
  }
}
