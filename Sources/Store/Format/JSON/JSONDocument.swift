/// A JSON text as a value, with the white space around it.
public struct JSONDocument: Sendable {
  /// What may follow the first value of a text.
  public enum Remainder: Sendable {
    /// Only white space may follow: a whole document is read.
    case refused
    /// Anything may follow and is ignored, so that a torn or overwritten file can be salvaged.
    case ignored
  }

  /// The value of the document.
  public var root: JSONValue

  /// How many bytes of the input belong to the document; less than all only for `.ignored`.
  public let consumedLength: Int

  private let prefix: [UInt8]
  private let suffix: [UInt8]

  /// A new document, which ends with a newline.
  public init(_ root: JSONValue) {
    self.root = root
    consumedLength = 0
    prefix = []
    suffix = [0x0a]
  }

  /// Reads a text strictly by RFC 8259; `name` stands in errors.
  ///
  /// Time and memory are linear in the text, and nothing recurses. Throws `JSONError`.
  public init(
    parsing bytes: [UInt8], limits: JSONLimits = .index, named name: String,
    remainder: Remainder = .refused
  ) throws(JSONError) {
    if bytes.count > limits.maximumBytes {
      let problem = JSONError.Problem.tooLarge(bytes: bytes.count, limit: limits.maximumBytes)
      throw JSONError(JSONFault(problem, at: 0), document: name, in: [])
    }
    let result = bytes.withUnsafeBufferPointer {
      Self.scan($0, limits: limits, remainder: remainder)
    }
    switch result {
    case .failure(let fault): throw JSONError(fault, document: name, in: bytes)
    case .success(let scan):
      let source = JSONSource(bytes: bytes, nodes: scan.nodes)
      let root = source.nodes[0]
      self.root = source.value(at: 0)
      consumedLength = scan.end
      prefix = Array(bytes[..<Int(root.start)])
      suffix = Array(bytes[Int(root.end)..<scan.end])
    }
  }

  private static func scan(
    _ buffer: UnsafeBufferPointer<UInt8>, limits: JSONLimits, remainder: Remainder
  ) -> Result<(nodes: [JSONNode], end: Int), JSONFault> {
    guard let base = buffer.baseAddress else { return .failure(JSONFault(.empty, at: 0)) }
    var scanner = JSONScanner(buffer, base: base, limits: limits)
    do throws(JSONFault) {
      try scanner.scanFirstValue()
      if remainder == .refused { try scanner.scanEnd() }
    } catch {
      return .failure(error)
    }
    return .success((scanner.nodes, scanner.position))
  }

  /// The UTF-8 of the document; of an unedited one exactly the bytes that were read.
  ///
  /// After an edit the containers around it are written compactly and all else keeps its bytes.
  public func serialized() -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(consumedLength + 512)
    output.append(contentsOf: prefix)
    root.write(to: &output)
    output.append(contentsOf: suffix)
    return output
  }
}
