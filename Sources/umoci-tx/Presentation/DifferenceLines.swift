internal import Layers
internal import Store

/// Differences of images as lines for people: `+` new, `-` gone, `~` changed.
struct DifferenceLines {
  let style: TextStyle

  /// The lines about documents, history and layers.
  func lines(_ difference: ImageDifference) -> [String] {
    var lines: [String] = []
    if let kinds = kinds(difference) { lines.append(kinds) }
    // Of an image that is new or gone only the layers are told; the rest is all of it.
    if difference.before != nil, difference.after != nil {
      lines += section("config:", DifferenceText.lines(difference.config, style: style))
      lines += section("manifest:", DifferenceText.lines(difference.manifest, style: style))
      lines += section("history:", history(difference))
    }
    lines += section(layerTitle(difference.layers), layers(difference.layers))
    for platform in difference.platforms {
      lines += section("\(TerminalText.escaped(platform.name)):", self.lines(platform.difference))
    }
    return lines
  }

  /// The line about a file: mark, kind, mode, owner, size and path.
  func line(_ change: FileChange) -> String {
    let path = "/" + TerminalText.escaped(String(decoding: change.path, as: UTF8.self))
    switch (change.before, change.after) {
    case (nil, let after?): return style.green("+ \(facts(after)) \(path)")
    case (let before?, nil): return style.red("- \(facts(before)) \(path)")
    case (let before?, let after?):
      let (old, new) = (facts(before), facts(after))
      let what = old == new ? "\(new) (\(hidden(before, after)))" : "\(old) -> \(new)"
      return style.yellow("~ \(path): \(what)")
    case (nil, nil): return path
    }
  }

  private func section(_ title: String, _ lines: [String]) -> [String] {
    lines.isEmpty ? [] : [title] + lines.map { "  " + $0 }
  }

  /// Tells that one side is something else than an image; nil where both are of a kind.
  private func kinds(_ difference: ImageDifference) -> String? {
    guard let before = difference.before?.descriptor, let after = difference.after?.descriptor,
      before.digest != after.digest
    else { return nil }
    if before.mediaType == after.mediaType {
      return difference.isEmpty ? nil : type(before, after)
    }
    return style.yellow(
      "~ type: \(TerminalText.escaped(before.mediaType.rawValue))"
        + " -> \(TerminalText.escaped(after.mediaType.rawValue))")
  }

  /// Content of unknown types is compared by its digest alone.
  private func type(_ before: Descriptor, _ after: Descriptor) -> String? {
    if before.mediaType.isManifest || before.mediaType.isIndex { return nil }
    return style.yellow(
      "~ content: \(EditText.short(before.digest)) -> \(EditText.short(after.digest))")
  }

  private func history(_ difference: ImageDifference) -> [String] {
    difference.removedHistory.map { style.red("- " + entry($0)) }
      + difference.addedHistory.map { style.green("+ " + entry($0)) }
  }

  private func entry(_ entry: HistoryEntry) -> String {
    let time = entry.created.map(\.listed) ?? "no time"
    let texts = [entry.createdBy, entry.comment].compactMap { $0 }.filter { !$0.isEmpty }
    let words = texts.map { TerminalText.escaped($0) }.joined(separator: " # ")
    return "\(time)  \(words)\(entry.isEmptyLayer ? "" : "  (layer)")"
  }

  private func layerTitle(_ layers: LayerDifference) -> String {
    "layers (\(layers.commonCount) in common):"
  }

  private func layers(_ layers: LayerDifference) -> [String] {
    if layers.isReordered { return [style.yellow("~ the same layers in another order")] }
    return layers.removed.map { style.red("- " + layer($0)) }
      + layers.added.map {
        style.green("+ " + layer($0) + (layers.isRecompressed($0) ? "  (compressed anew)" : ""))
      }
  }

  private func layer(_ layer: LayerDifference.Layer) -> String {
    let type = TerminalText.escaped(layer.descriptor.mediaType.rawValue)
    let size = HumanSize.text(layer.descriptor.size)
    return "\(TerminalText.escaped(layer.descriptor.digest.description))  \(size)  \(type)"
  }

  private func facts(_ file: LayerFile) -> String {
    let mode = String(file.permissions, radix: 8)
    let padded = String(repeating: "0", count: max(0, 4 - mode.utf8.count)) + mode
    var text = "\(file.kind.rawValue) \(padded) \(file.userID):\(file.groupID)"
    if file.kind == .regular { text += " \(HumanSize.text(file.size))" }
    if !file.linkTarget.isEmpty, file.kind == .symbolicLink || file.kind == .hardLink {
      text += " to " + TerminalText.escaped(String(decoding: file.linkTarget, as: UTF8.self))
    }
    if !file.device.isEmpty { text += " " + file.device.map(String.init).joined(separator: ",") }
    return text
  }

  /// What differs where nothing that is shown does.
  private func hidden(_ before: LayerFile, _ after: LayerFile) -> String {
    if before.content != after.content { return "other content" }
    return before.attributes != after.attributes ? "other attributes" : "size"
  }
}
