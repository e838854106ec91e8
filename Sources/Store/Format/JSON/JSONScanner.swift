/// A strict RFC 8259 reader that checks a text and notes its nodes, without recursion.
struct JSONScanner: ~Copyable {
  let base: UnsafePointer<UInt8>
  let count: Int
  let limits: JSONLimits
  var position = 0
  private(set) var nodes: [JSONNode] = []
  /// The containers that are not closed yet, outermost first.
  private var open: [Int] = []

  init(_ buffer: UnsafeBufferPointer<UInt8>, base: UnsafePointer<UInt8>, limits: JSONLimits) {
    self.base = base
    self.count = buffer.count
    self.limits = limits
    nodes.reserveCapacity(min(count / 12 + 4, limits.maximumNodes))
  }

  /// Reads one value and stops behind it.
  mutating func scanFirstValue() throws(JSONFault) {
    try refuseByteOrderMark()
    skipWhitespace()
    if position == count { throw JSONFault(.empty, at: position) }
    var isFresh = try scanValue()
    while let container = open.last {
      isFresh = try scanStep(in: container, isFresh: isFresh)
    }
  }

  /// Reads to the end, which only white space may fill.
  mutating func scanEnd() throws(JSONFault) {
    skipWhitespace()
    if position < count { throw JSONFault(.trailingBytes, at: position) }
  }

  private func refuseByteOrderMark() throws(JSONFault) {
    if count >= 3 && base[0] == 0xef && base[1] == 0xbb && base[2] == 0xbf {
      throw JSONFault(.byteOrderMark, at: 0)
    }
  }

  /// Reads one element or member of the innermost open container, or its end.
  ///
  /// Returns whether a container was opened and nothing of it read yet.
  private mutating func scanStep(in container: Int, isFresh: Bool) throws(JSONFault) -> Bool {
    let isObject = nodes[container].kind == .object
    skipWhitespace()
    let byte = try peek()
    if byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
      close(container)
      return false
    }
    if !isFresh {
      try expect(UInt8(ascii: ","), isObject ? "',' or '}'" : "',' or ']'")
      skipWhitespace()
    }
    if isObject {
      if try peek() != UInt8(ascii: "\"") { throw unexpected("a member name") }
      try scanString()
      skipWhitespace()
      try expect(UInt8(ascii: ":"), "':'")
      skipWhitespace()
    }
    return try scanValue()
  }

  private mutating func scanValue() throws(JSONFault) -> Bool {
    switch try peek() {
    case UInt8(ascii: "{"):
      try openContainer(.object)
      return true
    case UInt8(ascii: "["):
      try openContainer(.array)
      return true
    case UInt8(ascii: "\""): try scanString()
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try scanNumber()
    case UInt8(ascii: "t"): try scanLiteral("true", .bool, flag: true)
    case UInt8(ascii: "f"): try scanLiteral("false", .bool, flag: false)
    case UInt8(ascii: "n"): try scanLiteral("null", .null, flag: false)
    default: throw unexpected("a value")
    }
    return false
  }

  private mutating func openContainer(_ kind: JSONKind) throws(JSONFault) {
    if open.count >= limits.maximumDepth {
      throw JSONFault(.tooDeep(limit: limits.maximumDepth), at: position)
    }
    open.append(nodes.count)
    position &+= 1
    try appendNode(kind, from: position &- 1, flag: false)
  }

  private mutating func close(_ container: Int) {
    position &+= 1
    nodes[container].end = UInt32(truncatingIfNeeded: position)
    nodes[container].next = UInt32(truncatingIfNeeded: nodes.count)
    open.removeLast()
  }

  private mutating func scanLiteral(
    _ word: StaticString, _ kind: JSONKind, flag: Bool
  ) throws(JSONFault) {
    let start = position
    var index = 0
    while index < word.utf8CodeUnitCount {
      try expect((word.utf8Start + index).pointee, "'\(word)'")
      index &+= 1
    }
    try appendNode(kind, from: start, flag: flag)
  }

  mutating func appendNode(_ kind: JSONKind, from start: Int, flag: Bool) throws(JSONFault) {
    if nodes.count >= limits.maximumNodes {
      throw JSONFault(.tooManyValues(limit: limits.maximumNodes), at: start)
    }
    nodes.append(
      JSONNode(
        start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: position),
        next: UInt32(truncatingIfNeeded: nodes.count &+ 1), kind: kind, flag: flag))
  }
}

extension JSONScanner {
  mutating func skipWhitespace() {
    while position < count {
      let byte = base[position]
      if byte > 0x20 { return }
      if byte != 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09 { return }
      position &+= 1
    }
  }

  func peek() throws(JSONFault) -> UInt8 {
    if position < count { return base[position] }
    throw JSONFault(.unexpectedEnd, at: count)
  }

  mutating func expect(
    _ byte: UInt8, _ expected: @autoclosure () -> String
  ) throws(JSONFault) {
    if try peek() != byte { throw unexpected(expected()) }
    position &+= 1
  }

  func unexpected(_ expected: String) -> JSONFault {
    JSONFault(.unexpectedByte(base[position], expected: expected), at: position)
  }
}
