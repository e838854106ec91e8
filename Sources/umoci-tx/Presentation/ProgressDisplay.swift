internal import Layers
internal import Mutations
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

/// Shows on standard error how far an extraction, a verification or the making of a layer is.
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

  /// More bytes in a second than any machine moves; what the holes of sparse files seem to make.
  private static let highestRate = 1e18

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
    guard let seconds = turn(progress.layer) else { return }
    let rate =
      seconds > 0.05 ? Int64(min(Double(progress.bytes) / seconds, Self.highestRate)) : nil
    show(line(progress, rate)) { json(progress, rate, seconds) }
  }

  /// Shows how far the making of the one layer of an operation is.
  func update(_ progress: LayerProgress) {
    switch progress {
    case .stored(let bytes, let total):
      update(ExtractionProgress(layer: 1, layerCount: 1, bytes: bytes, totalBytes: total))
    case .compared(let files):
      guard let seconds = turn(0) else { return }
      show("\(files) files compared") {
        [
          "files_compared": JSONValue(Int64(files)),
          "elapsed_ms": JSONValue(Int64(seconds * 1000)),
        ]
      }
    }
  }

  /// How many seconds have gone by, when it is time to show something.
  private func turn(_ number: Int) -> Double? {
    guard style != .none else { return nil }
    let now = clock()
    guard now >= next || (style != .auto && number != layer) else { return nil }
    next = now + (style == .plain ? 1 : 0.1)
    layer = number
    return now - start
  }

  /// Takes the display away.
  func finish() {
    if isShown { messages.text("\r\u{1b}[K") }
    isShown = false
  }

  private func show(_ line: String, json: () -> JSONObject) {
    switch style {
    case .auto:
      isShown = true
      messages.text("\r\u{1b}[K" + line)
    case .plain: messages.text(line + "\n")
    case .json:
      let bytes = JSONValue.object(json()).rendered(.compact)
      messages.text(String(decoding: bytes, as: UTF8.self) + "\n")
    case .none: break
    }
  }

  /// For example `layer 2 of 5  41%  82.1MB of 200MB  97.3MB/s  1s left`.
  func line(_ progress: ExtractionProgress, _ rate: Int64?) -> String {
    var parts = ["\(noun) \(progress.layer) of \(progress.layerCount)"]
    let total = progress.totalBytes.value
    if total > 0 {
      parts.append("\(Int(Double(progress.bytes) / Double(total) * 100))%")
    }
    parts.append(
      "\(HumanSize.text(progress.bytes)) of \(HumanSize.text(total))")
    if let rate, rate > 0 {
      parts.append("\(HumanSize.text(rate))/s")
      parts.append("\(Self.left(progress, rate))s left")
    }
    return parts.joined(separator: "  ")
  }

  private static func left(_ progress: ExtractionProgress, _ rate: Int64) -> Int64 {
    let left = progress.totalBytes - ByteCount(progress.bytes)
    return (left + ByteCount(rate - 1)).value / rate
  }

  private func json(
    _ progress: ExtractionProgress, _ rate: Int64?, _ seconds: Double
  ) -> JSONObject {
    var object = JSONObject()
    object[noun] = JSONValue(Int64(progress.layer))
    object[noun + "s"] = JSONValue(Int64(progress.layerCount))
    let rest: JSONObject = [
      "bytes": JSONValue(progress.bytes), "total_bytes": JSONValue(progress.totalBytes.value),
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
