internal import ArgumentParser
internal import Layers

/// What is taken for a bomb.
struct LimitOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The largest uncompressed layer; K, M, G or T may follow. (default: 64G)",
      valueName: "bytes"))
  var maxLayerSize: String?

  @Option(
    help: ArgumentHelp(
      "How many times its size a layer of more than 4G may unpack to. (default: 250)",
      valueName: "number"))
  var maxRatio: String?

  @Option(
    help: ArgumentHelp(
      "The most entries that all layers may have. (default: 10000000)", valueName: "number"))
  var maxEntries: String?

  @Option(
    help: ArgumentHelp("The longest name of an entry. (default: 4095)", valueName: "bytes"))
  var maxPathLength: String?

  @Option(
    help: ArgumentHelp(
      "The most components that a name may have. (default: 1024)", valueName: "number"))
  var maxPathDepth: String?

  @Option(
    help: ArgumentHelp(
      "The largest value of an extended attribute. (default: 64K)", valueName: "bytes"))
  var maxXattrSize: String?

  @Option(
    help: ArgumentHelp(
      "The most that all headers of an entry may take. (default: 2M)", valueName: "bytes"))
  var maxHeaderSize: String?

  /// The limits.
  func limits() throws(UsageError) -> ExtractionLimits {
    var limits = ExtractionLimits()
    try Self.set(&limits.layerBytes, "--max-layer-size", maxLayerSize)
    try Self.set(&limits.ratio, "--max-ratio", maxRatio)
    try Self.set(&limits.entries, "--max-entries", maxEntries)
    try Self.set(&limits.pathLength, "--max-path-length", maxPathLength)
    try Self.set(&limits.pathDepth, "--max-path-depth", maxPathDepth)
    try Self.set(&limits.attributeSize, "--max-xattr-size", maxXattrSize)
    limits.attributesSize = max(limits.attributesSize, limits.attributeSize)
    try Self.set(&limits.headerSize, "--max-header-size", maxHeaderSize)
    return limits
  }

  private static func set<Number: FixedWidthInteger>(
    _ limit: inout Number, _ option: String, _ text: String?
  ) throws(UsageError) {
    guard let text else { return }
    guard let number = number(text), let value = Number(exactly: number) else {
      throw .invalid(
        option, "\"\(text)\" is no number above 0", hint: "write for example 4096, 64K or 2G")
    }
    limit = value
  }

  /// Digits, and maybe a power of 1024.
  private static func number(_ text: String) -> Int64? {
    var digits = text[...]
    var shift: Int64 = 0
    if let last = text.last, let power = "KMGT".firstIndex(of: Character(last.uppercased())) {
      digits = text.dropLast()
      shift = Int64("KMGT".distance(from: "KMGT".startIndex, to: power) + 1) * 10
    }
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let number = Int64(digits), number > 0
    else { return nil }
    let (product, overflow) = number.multipliedReportingOverflow(by: 1 << shift)
    return overflow ? nil : product
  }
}
