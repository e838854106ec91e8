/// One path at which a tree is not what an mtree file says.
public struct MtreeDifference: Equatable, Sendable {
  /// In what way the path differs.
  public enum Kind: Equatable, Sendable {
    /// The mtree file has the path, the tree has not.
    case missing
    /// The tree has the path, the mtree file has not.
    case extra
    /// Both have it, and these values differ, at least one.
    case modified([Value])
  }

  /// A value that differs.
  public struct Value: Equatable, Sendable {
    /// The keyword, with what comes after its dot: `xattr.user.foo`.
    public let keyword: String
    /// The value in the mtree file; nil when it has none.
    public let expected: String?
    /// The value in the tree; nil when it has none.
    public let found: String?
  }

  /// The path, relative to the root, which is `.`, as bytes.
  public let path: [UInt8]
  /// In what way it differs.
  public let kind: Kind
}

extension MtreeDifference: CustomStringConvertible {
  /// The difference as `raw mtree-validate` prints it (umoci-behaviour §2.6): for a modified path
  /// the first value that differs.
  public var description: String {
    let name = quoted(path)
    switch kind {
    case .missing: return "\(name): missing path"
    case .extra: return "\(name): unexpected path"
    case .modified(let values):
      guard let value = values.first else { return "\(name): modified" }
      return "\(name): keyword \"\(value.keyword)\": expected \(value.expected ?? ""); "
        + "got \(value.found ?? "")"
    }
  }
}

/// The bytes in double quotes, as Go's `%q` prints them.
private func quoted(_ bytes: [UInt8]) -> String {
  var text = "\""
  var rest = bytes[...]
  while let first = rest.first {
    var decoder = UTF8()
    var iterator = rest.prefix(4).makeIterator()
    if case .scalarValue(let scalar) = decoder.decode(&iterator),
      UTF8.encode(scalar)?.elementsEqual(rest.prefix(UTF8.width(scalar))) == true
    {
      text += quoted(scalar)
      rest = rest.dropFirst(UTF8.width(scalar))
    } else {
      text += "\\x" + hexadecimal(UInt32(first), digits: 2)
      rest = rest.dropFirst()
    }
  }
  return text + "\""
}

private func quoted(_ scalar: Unicode.Scalar) -> String {
  switch scalar {
  case "\"": return "\\\""
  case "\\": return "\\\\"
  case "\u{7}": return "\\a"
  case "\u{8}": return "\\b"
  case "\u{c}": return "\\f"
  case "\n": return "\\n"
  case "\r": return "\\r"
  case "\t": return "\\t"
  case "\u{b}": return "\\v"
  default: break
  }
  if isPrintable(scalar) { return String(scalar) }
  if scalar.value < 0x80 { return "\\x" + hexadecimal(scalar.value, digits: 2) }
  return scalar.value < 0x1_0000
    ? "\\u" + hexadecimal(scalar.value, digits: 4) : "\\U" + hexadecimal(scalar.value, digits: 8)
}

private func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
    .paragraphSeparator:
    false
  case .spaceSeparator: scalar == " "
  default: true
  }
}

private func hexadecimal(_ number: UInt32, digits: Int) -> String {
  let text = String(number, radix: 16)
  return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}
