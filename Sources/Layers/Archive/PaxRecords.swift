internal import Store

/// The records of an extended header (POSIX.1-2017, pax §extended header), as Go's archive/tar reads
/// them: of several records of one keyword the last one counts, and when its value is empty, none:
/// then the field of the ordinary header stands.
struct PaxRecords {
  var path: [UInt8]?
  var linkTarget: [UInt8]?
  var userID: [UInt8]?
  var groupID: [UInt8]?
  var size: [UInt8]?
  var modificationTime: [UInt8]?
  var accessTime: [UInt8]?
  var sparse = Sparse()
  /// Access control lists as text.
  var accessList: [UInt8]?
  var defaultList: [UInt8]?
  /// Whether there is anything but comments.
  private(set) var saysSomething = false
  private var attributeList: [ExtendedAttribute] = []
  private var attributePlaces: [[UInt8]: Int] = [:]

  /// What is said of a sparse file.
  struct Sparse {
    var major: [UInt8]?
    var minor: [UInt8]?
    var name: [UInt8]?
    var size: [UInt8]?
    var realSize: [UInt8]?
    var map: [UInt8]?
    var pieceCount: [UInt8]?
    /// The map of format 0.0, a record for each number.
    var numbers: [[UInt8]] = []
  }

  /// The extended attributes, in the order in which they were met first.
  var attributes: [ExtendedAttribute] { attributeList.filter { !$0.value.isEmpty } }

  /// Reads the body of an extended header.
  ///
  /// - Throws: ``ArchiveError/malformedHeader(reason:)``.
  init(_ body: [UInt8]) throws(ArchiveError) {
    var rest = body[...]
    while !rest.isEmpty {
      let (keyword, value) = try Self.record(&rest)
      try add(keyword, value)
    }
  }

  /// Takes the first record: `LENGTH KEYWORD=VALUE` and a newline, where the length is that of all of it.
  private static func record(
    _ rest: inout ArraySlice<UInt8>
  ) throws(ArchiveError) -> (keyword: ArraySlice<UInt8>, value: ArraySlice<UInt8>) {
    let digits = rest.prefix(8).prefix { $0 != UInt8(ascii: " ") }
    guard let length = decimal(digits), length >= 5, length <= rest.count else {
      throw malformed("the length of a record is wrong")
    }
    let record = rest.prefix(Int(length))
    rest = rest.dropFirst(Int(length))
    guard record.endIndex > digits.endIndex + 1, record.last == UInt8(ascii: "\n"),
      record[digits.endIndex] == UInt8(ascii: " ")
    else {
      throw malformed("a record does not end with its line")
    }
    let line = record[(digits.endIndex + 1)...].dropLast()
    guard let equals = line.firstIndex(of: UInt8(ascii: "=")), equals > line.startIndex else {
      throw malformed("a record has no keyword")
    }
    return (line[..<equals], line[(equals + 1)...])
  }

  private mutating func add(
    _ keyword: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>
  ) throws(ArchiveError) {
    guard !keyword.contains(0) else { throw Self.malformed("a keyword has a NUL in it") }
    let name = String(decoding: keyword, as: UTF8.self)
    let known = value.isEmpty ? nil : Array(value)
    if name != "comment" { saysSomething = true }
    switch name {
    case "path": path = try Self.text(known, name)
    case "linkpath": linkTarget = try Self.text(known, name)
    case "uname", "gname": _ = try Self.text(known, name)
    case "uid": userID = known
    case "gid": groupID = known
    case "size": size = known
    case "mtime": modificationTime = known
    case "atime": accessTime = known
    case "SCHILY.acl.access": accessList = known
    case "SCHILY.acl.default": defaultList = known
    default:
      if name.hasPrefix("GNU.sparse.") {
        try addSparse(name, known)
      } else {
        addAttribute(keyword, value)
      }
    }
  }

  private mutating func addSparse(
    _ name: String, _ value: [UInt8]?
  ) throws(ArchiveError) {
    switch name.dropFirst("GNU.sparse.".count) {
    case "major": sparse.major = value
    case "minor": sparse.minor = value
    case "name": sparse.name = try Self.text(value, name)
    case "size": sparse.size = value
    case "realsize": sparse.realSize = value
    case "map": sparse.map = value
    case "numblocks": sparse.pieceCount = value
    case "offset" where sparse.numbers.count % 2 == 0,
      "numbytes" where sparse.numbers.count % 2 == 1:
      sparse.numbers.append(value ?? [])
    case "offset", "numbytes": throw .malformedSparseMap
    default: break
    }
  }

  private mutating func addAttribute(_ keyword: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) {
    guard let attribute = ExtendedAttribute(keyword, value) else { return }
    if let place = attributePlaces[attribute.name] {
      attributeList[place] = attribute
    } else {
      attributePlaces[attribute.name] = attributeList.count
      attributeList.append(attribute)
    }
  }

  // MARK: values

  static func malformed(_ reason: String) -> ArchiveError { .malformedHeader(reason: reason) }

  /// A name, which some readers cut at a NUL and others take for damage.
  private static func text(
    _ value: [UInt8]?, _ name: String
  ) throws(ArchiveError) -> [UInt8]? {
    guard value?.contains(0) != true else { throw malformed("\(name) has a NUL in it") }
    return value
  }

  /// Digits alone.
  static func decimal(_ digits: some Collection<UInt8>, isNegative: Bool = false) -> Int64? {
    guard !digits.isEmpty, digits.count <= 19 else { return nil }
    var value: Int64 = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let step = Int64(digit - UInt8(ascii: "0"))
      let (sum, carry) = product.addingReportingOverflow(isNegative ? -step : step)
      guard !overflow, !carry else { return nil }
      value = sum
    }
    return value
  }

  /// A number that may have a minus.
  static func number(_ text: [UInt8], _ field: String) throws(ArchiveError) -> Int64 {
    let isNegative = text.first == UInt8(ascii: "-")
    let digits = isNegative ? text[1...] : text[...]
    guard let value = decimal(digits, isNegative: isNegative) else { throw .invalidField(field) }
    return value
  }

  /// A time: seconds since 1970, perhaps with a fraction, of which nine digits count.
  static func time(_ text: [UInt8], _ field: String) throws(ArchiveError) -> FileTime {
    let whole = text.prefix { $0 != UInt8(ascii: ".") }
    let seconds = try number(Array(whole), field)
    let fraction = text[whole.endIndex...].dropFirst()
    var nanoseconds: Int64 = 0
    if !fraction.isEmpty {
      guard fraction.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
        throw .invalidField(field)
      }
      let digits = Array(fraction.prefix(9))
      nanoseconds =
        decimal(digits + Array(repeating: UInt8(ascii: "0"), count: 9 - digits.count)) ?? 0
    }
    guard nanoseconds > 0, text.first == UInt8(ascii: "-") else {
      return FileTime(seconds: seconds, nanoseconds: nanoseconds)
    }
    let (second, overflow) = seconds.subtractingReportingOverflow(1)
    if overflow { throw .invalidField(field) }
    return FileTime(seconds: second, nanoseconds: 1_000_000_000 - nanoseconds)
  }
}
