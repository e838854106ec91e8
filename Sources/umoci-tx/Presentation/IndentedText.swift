internal import Store

/// Lines of `Key: value`, indented by tabs, in the words and the quoting of umoci's `stat`.
struct IndentedText {
  /// The lines so far.
  private(set) var lines: [String] = []

  /// Adds text as it is.
  mutating func add(_ text: String, indent: Int = 0) {
    lines.append(String(repeating: "\t", count: indent) + text)
  }

  /// Adds `key: a, b`; every value is quoted where it must be.
  mutating func add(_ key: String, _ values: [String], indent: Int = 0) {
    add("\(key): \(values.map(GoQuoting.inline).joined(separator: ", "))", indent: indent)
  }

  /// Adds `key: value`.
  mutating func add(_ key: String, _ value: String, indent: Int = 0) {
    add(key, [value], indent: indent)
  }

  /// Adds `key: value` if there is one that is not empty.
  mutating func add(_ key: String, ifPresent value: String?, indent: Int = 0) {
    if let value, !value.isEmpty { add(key, value, indent: indent) }
  }

  /// Adds `key:` and a line for each value; nothing when there are none.
  mutating func add(list key: String, _ values: [String], indent: Int = 0) {
    if values.isEmpty { return }
    add("\(key):", indent: indent)
    for value in values { add(GoQuoting.precise(value), indent: indent + 1) }
  }

  /// Adds `key:` and a line for each annotation or label, sorted; nothing when there are none.
  mutating func add(map key: String, _ values: Annotations, indent: Int = 0) {
    if values.isEmpty { return }
    add("\(key):", indent: indent)
    for entry in values.entries {
      add(GoQuoting.precise(entry.key), entry.value, indent: indent + 1)
    }
  }

  /// Adds what a platform is.
  mutating func add(_ platform: Platform, indent: Int) {
    add("Platform:", indent: indent)
    add("OS", platform.os, indent: indent + 1)
    add("OS Version", ifPresent: platform.osVersion, indent: indent + 1)
    if !platform.osFeatures.isEmpty {
      add("OS Features", platform.osFeatures, indent: indent + 1)
    }
    let variant = platform.variant.flatMap { $0.isEmpty ? nil : " (\(GoQuoting.plain($0)))" } ?? ""
    let architecture = GoQuoting.inline(platform.architecture)
    add("Architecture: \(architecture)\(variant)", indent: indent + 1)
  }

  /// Adds the block of a descriptor.
  mutating func add(_ descriptor: Descriptor, indent: Int = 0) {
    add("Descriptor:", indent: indent)
    let inner = indent + 1
    add("Media Type", descriptor.mediaType.rawValue, indent: inner)
    add("Artifact Type", ifPresent: descriptor.artifactType, indent: inner)
    add("Digest", descriptor.digest.description, indent: inner)
    add("Size: \(HumanSize.text(descriptor.size))", indent: inner)
    if let platform = descriptor.platform { add(platform, indent: inner) }
    add(list: "URLs", descriptor.urls, indent: inner)
    add(map: "Annotations", descriptor.annotations, indent: inner)
    // Data that is not base64 is told as the text that it is.
    guard let text = descriptor.base64Data, !text.isEmpty else { return }
    let data = ((try? descriptor.unverifiedData()) ?? nil) ?? Array(text.utf8)
    add("Data: (\(data.count) bytes)", indent: inner)
    for line in HexDump.lines(data) { add(line, indent: inner + 1) }
  }
}
