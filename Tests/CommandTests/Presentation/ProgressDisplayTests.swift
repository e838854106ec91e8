import Mutations
import Store
import TestSupport
import Testing

@testable import Layers
@testable import umoci_tx

/// The display of how far an extraction is, with a clock that a test sets.
@Suite struct ProgressDisplayTests {
  private final class Rig {
    var time = 0.0
    var text = ""

    func display(_ style: ProgressStyle) -> ProgressDisplay {
      ProgressDisplay(style, writer(isTerminal: true), clock: { self.time })
    }

    func writer(isTerminal: Bool, level: LogLevel = .warning) -> MessageWriter {
      var writer = MessageWriter(isTerminal: isTerminal, style: .plain) { self.text += $0 }
      writer.level = level
      return writer
    }
  }

  private func progress(
    _ layer: Int, _ bytes: Int64, of total: ByteCount = 4000
  ) -> ExtractionProgress {
    ExtractionProgress(layer: layer, layerCount: 3, bytes: bytes, totalBytes: total)
  }

  @Test(arguments: [0, 1, Int64.max - 1, .max])
  func `absurd sizes are shown as they are`(bytes: Int64) {
    for style in [ProgressStyle.auto, .plain, .json] {
      let rig = Rig()
      let display = rig.display(style)
      rig.time = 0.3
      display.update(progress(1, bytes, of: ByteCount(sum: [.max, .max])))
      #expect(rig.text.contains("9223372036854775807") || rig.text.contains("of 9.223EB"))
    }
  }

  @Test func `a terminal gets one line, ten times a second at most, which goes at the end`() {
    let rig = Rig()
    let display = rig.display(.auto)
    display.update(progress(1, 10))
    #expect(rig.text == "", "what is over in a moment needs no display")
    rig.time = 0.5
    display.update(progress(1, 1000))
    #expect(rig.text == "\r\u{1b}[Klayer 1 of 3  25%  1kB of 4kB  2kB/s  2s left")
    rig.time = 0.59
    display.update(progress(2, 1100))
    #expect(rig.text.filter { $0 == "\r" }.count == 1)
    rig.time = 0.61
    display.update(progress(2, 1200))
    #expect(rig.text.filter { $0 == "\r" }.count == 2)
    display.finish()
    #expect(rig.text.hasSuffix("\r\u{1b}[K"))
    display.finish()
    #expect(rig.text.filter { $0 == "\r" }.count == 3)
  }

  @Test func `plain lines come once a second and for each layer`() {
    let rig = Rig()
    let display = rig.display(.plain)
    for (time, layer) in [(0.0, 1), (0.5, 1), (0.6, 2), (1.2, 2), (1.7, 2)] {
      rig.time = time
      display.update(progress(layer, 100))
    }
    display.finish()
    let lines = rig.text.split(separator: "\n")
    #expect(lines.map { $0.prefix(12) } == ["layer 1 of 3", "layer 2 of 3", "layer 2 of 3"])
    #expect(!rig.text.contains("\r"))
  }

  @Test func `JSON has numbers in bytes, milliseconds and seconds`() {
    let rig = Rig()
    let display = rig.display(.json)
    rig.time = 0.5
    display.update(progress(1, 1000))
    #expect(
      rig.text == #"{"layer":1,"layers":3,"bytes":1000,"total_bytes":4000,"elapsed_ms":500,"#
        + #""bytes_per_second":2000,"seconds_left":2}"# + "\n")
  }

  @Test func `the making of a layer has two phases`() {
    let rig = Rig()
    let plain = rig.display(.plain)
    plain.update(.compared(files: 12))
    rig.time = 0.5
    plain.update(.compared(files: 90))
    plain.update(.stored(bytes: 1000, total: 4000))
    #expect(rig.text == "12 files compared\nlayer 1 of 1  25%  1kB of 4kB  2kB/s  2s left\n")
    rig.text = ""
    rig.display(.json).update(.compared(files: 7))
    #expect(rig.text == #"{"files_compared":7,"elapsed_ms":0}"# + "\n")
  }

  @Test func `none shows nothing`() {
    let rig = Rig()
    let display = rig.display(.none)
    rig.time = 5
    display.update(progress(1, 1000))
    display.finish()
    #expect(rig.text == "")
  }

  @Test func `auto is for terminals whose user has not asked for silence`() {
    let rig = Rig()
    #expect(ProgressStyle.auto.chosen(for: rig.writer(isTerminal: true)) == .auto)
    #expect(ProgressStyle.auto.chosen(for: rig.writer(isTerminal: false)) == .none)
    #expect(ProgressStyle.auto.chosen(for: rig.writer(isTerminal: true, level: .error)) == .none)
    #expect(ProgressStyle.plain.chosen(for: rig.writer(isTerminal: false)) == .plain)
  }

  @Test func `a real terminal sees the line come and go, and a pipe sees nothing`() throws {
    let rig = try UnpackRig()
    try rig.image([TarBuilder.make { tar in for n in 0..<3000 { tar.file("f\(n)") } }])
    let words = "unpack --image \(rig.layout) \(UnpackRig.ownIDs.joined(separator: " "))"
    let onTerminal = try ExternalCommand.run([
      "script", "-qec", "\(BuiltProgram.path) \(words) \(rig.bundle)", "/dev/null",
    ])
    #expect(onTerminal.status == 0, "\(onTerminal)")
    let text = onTerminal.standardOutput
    if text.contains("layer 1 of 1") { #expect(text.contains("\r\u{1b}[K")) }
    #expect(text.contains("unpacked sha256:"), "\(text)")
    try Files.remove(rig.bundle)
    let piped = try BuiltProgram.run(words.split(separator: " ").map(String.init) + [rig.bundle])
    #expect(piped.standardOutput == "" && piped.standardError == "", "\(piped)")
  }
}
