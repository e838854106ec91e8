internal import Layers
internal import Store

/// How progress is shown.
enum ProgressStyle: String, CaseIterable {
  /// On a terminal, one line that changes; else nothing.
  case auto
  /// A line now and then.
  case plain
  /// A JSON object on a line of its own, now and then.
  case json
  /// Not at all.
  case none

  /// The style that `auto` stands for.
  func chosen(for messages: MessageWriter) -> ProgressStyle {
    guard self == .auto else { return self }
    return messages.isTerminal && messages.level <= .warning ? .auto : .none
  }
}

/// Shows on standard error how far an extraction or a verification is.
///
/// At most ten times a second; everything in between costs one look at the clock.
final class ProgressDisplay {
  private let style: ProgressStyle
  private let messages: MessageWriter
  private let clock: () -> Double
  private let noun: String
  private let start: Double
  private var next: Double
  private var layer = 0
  private var isShown = false

  /// Makes a display.
  ///
  /// - Parameters:
  ///   - style: How it shows.
  ///   - messages: Where it shows.
  ///   - noun: What is counted.
  ///   - clock: Gives seconds from any moment on.
  init(
    _ style: ProgressStyle, _ messages: MessageWriter, noun: String = "layer",
    clock: @escaping () -> Double
  ) {
    self.style = style
    self.noun = noun
    self.messages = messages
    self.clock = clock
    start = clock()
    // What is over in a moment needs no display.
    next = style == .auto ? start + 0.2 : start
  }

  /// A display with a clock of its own.
  convenience init(_ style: ProgressStyle, _ messages: MessageWriter, noun: String = "layer") {
    let clock = ContinuousClock()
    let origin = clock.now
    self.init(style, messages, noun: noun) {
      let (seconds, attoseconds) = (clock.now - origin).components
      return Double(seconds) + Double(attoseconds) / 1e18
    }
  }

  /// Shows a state, unless the last one was shown a moment ago.
  func update(_ progress: ExtractionProgress) {
    guard style != .none else { return }
    let now = clock()
    guard now >= next || (style != .auto && progress.layer != layer) else { return }
    next = now + (style == .plain ? 1 : 0.1)
    layer = progress.layer
    show(progress, seconds: now - start)
  }

  /// Takes the display away.
  func finish() {
    if isShown { messages.text("\r\u{1b}[K") }
    isShown = false
  }

  private func show(_ progress: ExtractionProgress, seconds: Double) {
    let rate = seconds > 0.05 ? Int64(Double(progress.bytes) / seconds) : nil
    switch style {
    case .auto:
      isShown = true
      messages.text("\r\u{1b}[K" + line(progress, rate))
    case .plain: messages.text(line(progress, rate) + "\n")
    case .json:
      let bytes = JSONValue.object(json(progress, rate, seconds)).rendered(.compact)
      messages.text(String(decoding: bytes, as: UTF8.self) + "\n")
    case .none: break
    }
  }

  /// For example `layer 2 of 5  41%  82.1MB of 200MB  97.3MB/s  1s left`.
  func line(_ progress: ExtractionProgress, _ rate: Int64?) -> String {
    var parts = ["\(noun) \(progress.layer) of \(progress.layerCount)"]
    if progress.totalBytes > 0 {
      parts.append("\(Int(Double(progress.bytes) / Double(progress.totalBytes) * 100))%")
    }
    parts.append(
      "\(HumanSize.text(progress.bytes)) of \(HumanSize.text(progress.totalBytes))")
    if let rate, rate > 0 {
      parts.append("\(HumanSize.text(rate))/s")
      parts.append("\(Self.left(progress, rate))s left")
    }
    return parts.joined(separator: "  ")
  }

  private static func left(_ progress: ExtractionProgress, _ rate: Int64) -> Int64 {
    (max(progress.totalBytes - progress.bytes, 0) + rate - 1) / rate
  }

  private func json(
    _ progress: ExtractionProgress, _ rate: Int64?, _ seconds: Double
  ) -> JSONObject {
    var object = JSONObject()
    object[noun] = JSONValue(Int64(progress.layer))
    object[noun + "s"] = JSONValue(Int64(progress.layerCount))
    let rest: JSONObject = [
      "bytes": JSONValue(progress.bytes), "total_bytes": JSONValue(progress.totalBytes),
      "elapsed_ms": JSONValue(Int64(seconds * 1000)),
    ]
    object.members += rest.members
    if let rate, rate > 0 {
      object["bytes_per_second"] = JSONValue(rate)
      object["seconds_left"] = JSONValue(Self.left(progress, rate))
    }
    return object
  }
}
