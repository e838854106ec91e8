extension JSONScanner {
  /// Reads `-? int frac? exp?` and keeps its spelling.
  mutating func scanNumber() throws(JSONFault) {
    let start = position
    if base[position] == UInt8(ascii: "-") { position &+= 1 }
    if try peek() == UInt8(ascii: "0") {
      position &+= 1
      if position < count && isDigit(base[position]) { throw JSONFault(.invalidNumber, at: start) }
    } else {
      try scanDigits(of: start)
    }
    if position < count && base[position] == UInt8(ascii: ".") {
      position &+= 1
      try scanDigits(of: start)
    }
    if position < count && base[position] | 0x20 == UInt8(ascii: "e") {
      position &+= 1
      let sign = try peek()
      if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position &+= 1 }
      try scanDigits(of: start)
    }
    try appendNode(.number, from: start, flag: false)
  }

  private mutating func scanDigits(of start: Int) throws(JSONFault) {
    if !isDigit(try peek()) { throw JSONFault(.invalidNumber, at: start) }
    while position < count && isDigit(base[position]) { position &+= 1 }
  }

  private func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  /// Reads a string with its quotes; escapes are checked but not resolved.
  mutating func scanString() throws(JSONFault) {
    let start = position
    var hasEscapes = false
    position &+= 1
    while true {
      skipPlainCharacters()
      let byte = try peek()
      if byte == UInt8(ascii: "\"") { break }
      if byte == UInt8(ascii: "\\") {
        hasEscapes = true
        try scanEscape()
      } else if byte < 0x20 {
        throw JSONFault(.controlCharacter(byte), at: position)
      } else if byte >= 0x80 {
        try scanMultiByteCharacter()
      } else {
        position &+= 1
      }
    }
    position &+= 1
    try appendNode(.string, from: start, flag: hasEscapes)
  }

  /// Moves over ASCII that needs no attention, eight bytes at a time.
  private mutating func skipPlainCharacters() {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    while position &+ 8 <= count {
      let word = UInt64(
        littleEndian: UnsafeRawPointer(base + position).loadUnaligned(as: UInt64.self))
      let quote = word ^ (ones &* 0x22)
      let backslash = word ^ (ones &* 0x5c)
      let hits =
        (((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
          | ((word &- (ones &* 0x20)) & ~word) | word) & highs
      if hits != 0 {
        // Borrows only run upwards, so that the lowest hit is a true one.
        position &+= hits.trailingZeroBitCount &>> 3
        return
      }
      position &+= 8
    }
  }

  private mutating func scanEscape() throws(JSONFault) {
    let start = position
    position &+= 1
    switch try peek() {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      position &+= 1
    case UInt8(ascii: "u"):
      position &+= 1
      var digits = 0
      while digits < 4 {
        if JSONEscapes.hexValue(try peek()) == nil { throw JSONFault(.invalidEscape, at: start) }
        position &+= 1
        digits &+= 1
      }
    default: throw JSONFault(.invalidEscape, at: start)
    }
  }

  /// Checks one multi-byte character against the Unicode Standard, table 3-7.
  private mutating func scanMultiByteCharacter() throws(JSONFault) {
    let first = base[position]
    var lowest: UInt8 = 0x80
    var highest: UInt8 = 0xbf
    let length: Int
    switch first {
    case 0xc2...0xdf: length = 2
    case 0xe0...0xef:
      length = 3
      if first == 0xe0 { lowest = 0xa0 }
      if first == 0xed { highest = 0x9f }
    case 0xf0...0xf4:
      length = 4
      if first == 0xf0 { lowest = 0x90 }
      if first == 0xf4 { highest = 0x8f }
    default: throw JSONFault(.invalidUTF8, at: position)
    }
    if count - position < length { throw JSONFault(.invalidUTF8, at: position) }
    var index = 1
    while index < length {
      let byte = base[position &+ index]
      if byte < lowest || byte > highest { throw JSONFault(.invalidUTF8, at: position) }
      lowest = 0x80
      highest = 0xbf
      index &+= 1
    }
    position &+= length
  }
}
