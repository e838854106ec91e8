/// Why a text is no digest (image-spec v1.1.1, descriptor §digests).
public enum DigestError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The text is not `algorithm:encoded` in the grammar of the specification.
  case malformed(String)
  /// A registered algorithm is followed by something that it cannot have produced.
  case wrongEncoding(String, expectedHexDigits: Int)
  /// The digest is well formed but cannot be computed here.
  case unsupportedAlgorithm(String)

  /// A sentence that says what is wrong with which text.
  public var description: String {
    switch self {
    case .malformed(let text): "\"\(excerpt(of: text))\" is not a digest (algorithm:encoded)"
    case .wrongEncoding(let text, let digits):
      "the digest \"\(excerpt(of: text))\" must have exactly \(digits) lower-case hex digits"
    case .unsupportedAlgorithm(let name):
      "the digest algorithm \"\(excerpt(of: name))\" is not supported; use sha256 or sha512"
    }
  }
}

/// The algorithm of a digest.
public enum DigestAlgorithm: Sendable, Hashable, CustomStringConvertible {
  /// SHA-256.
  case sha256
  /// SHA-512.
  case sha512
  /// An algorithm that can be carried along but not verified.
  case other(String)

  init(name: Substring) {
    switch name {
    case "sha256": self = .sha256
    case "sha512": self = .sha512
    default: self = .other(String(name))
    }
  }

  /// The name as it stands before the colon.
  public var name: String {
    switch self {
    case .sha256: "sha256"
    case .sha512: "sha512"
    case .other(let name): name
    }
  }

  /// The name.
  public var description: String { name }

  /// The number of hex digits in a digest of this algorithm, if it is one that can be verified.
  public var hexDigits: Int? {
    switch self {
    case .sha256: 64
    case .sha512: 128
    case .other: nil
    }
  }
}

/// The identifier of some content: `algorithm:encoded` (image-spec v1.1.1, descriptor §digests).
///
/// Neither part can hold a slash or be `.` or `..`, so that both are safe as file names.
public struct Digest: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The algorithm.
  public let algorithm: DigestAlgorithm

  /// The part behind the colon; lower-case hex for SHA-256 and SHA-512.
  public let encoded: String

  /// The digest spelt by `text`.
  public init(parsing text: String) throws(DigestError) {
    if let digits = Self.digitsSHA256(of: text) {
      algorithm = .sha256
      encoded = digits
      return
    }
    guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")),
      Self.isAlgorithm(text.utf8[..<colon]),
      Self.isEncoded(text.utf8[text.utf8.index(after: colon)...])
    else { throw .malformed(text) }
    algorithm = DigestAlgorithm(name: text[..<colon])
    encoded = String(text[text.utf8.index(after: colon)...])
    if let digits = algorithm.hexDigits, !isLowercaseHex(encoded, count: digits) {
      throw .wrongEncoding(text, expectedHexDigits: digits)
    }
  }

  /// A digest that was just computed; the caller has the right number of lower-case hex digits.
  init(algorithm: DigestAlgorithm, computed encoded: String) {
    self.algorithm = algorithm
    self.encoded = encoded
  }

  /// `algorithm:encoded`.
  public var description: String { "\(algorithm.name):\(encoded)" }

  /// The first 12 characters of the encoded part, for people.
  public var shortForm: String { String(encoded.prefix(12)) }

  /// The order of the bytes of the descriptions.
  public static func < (left: Digest, right: Digest) -> Bool {
    if left.algorithm == right.algorithm {
      // Both are ASCII, for which the order of texts is that of their bytes.
      return left.encoded < right.encoded
    }
    return left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
  }

  private static let prefixSHA256 = Array("sha256:".utf8)

  /// The digits of the digest that nearly all are, told in one pass: an index has thousands.
  private static func digitsSHA256(of text: String) -> String? {
    var text = text
    return text.withUTF8 { bytes in
      guard bytes.count == prefixSHA256.count + 64, bytes.starts(with: prefixSHA256) else {
        return nil
      }
      let digits = UnsafeBufferPointer(rebasing: bytes[prefixSHA256.count...])
      for digit in digits where !isLowercaseHexDigit(digit) { return nil }
      return String(decoding: digits, as: UTF8.self)
    }
  }

  /// `component ([+._-] component)*`, component = `[a-z0-9]+`.
  private static func isAlgorithm(_ text: Substring.UTF8View) -> Bool {
    var isAfterComponent = false
    for byte in text {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        isAfterComponent = true
      case UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
        if !isAfterComponent { return false }
        isAfterComponent = false
      default: return false
      }
    }
    return isAfterComponent
  }

  /// `[a-zA-Z0-9=_-]+`.
  private static func isEncoded(_ text: Substring.UTF8View) -> Bool {
    for byte in text {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "="), UInt8(ascii: "_"),
        UInt8(ascii: "-"):
        continue
      default: return false
      }
    }
    return !text.isEmpty
  }
}

private func isLowercaseHex(_ text: String, count: Int) -> Bool {
  text.utf8.count == count && text.utf8.allSatisfy(isLowercaseHexDigit)
}

func isLowercaseHexDigit(_ byte: UInt8) -> Bool {
  (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
    || (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "f"))
}

/// An untrusted text made fit for an error message: bounded, and without control characters.
func excerpt(of text: String, limit: Int = 96) -> String {
  var result = ""
  for scalar in text.unicodeScalars.prefix(limit) {
    let isPlain = scalar.value >= 0x20 && !(0x7f...0x9f).contains(scalar.value)
    result.unicodeScalars.append(isPlain ? scalar : "\u{fffd}")
  }
  return text.unicodeScalars.count > limit ? result + "..." : result
}
