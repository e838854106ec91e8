import Store
import Testing

@Suite struct RemedyTests {
  @Test func `a remedy is a sentence with its steps as values`() {
    let remedy: Remedy =
      "look with \(.status), then \(.recover(layout: "app", .adopting)) \(3) times"
    #expect(remedy.steps == [.status, .recover(layout: "app", .adopting)])
    #expect(remedy.description == "look with `status`, then `recover` 3 times")
    #expect(
      remedy.text { $0 == .status ? "a look" : "a push" } == "look with a look, then a push 3 times"
    )
  }

  @Test func `advice has no steps, and goes into other remedies`() {
    let advice: Remedy = "copy the image again"
    #expect(advice.steps.isEmpty)
    let both: Remedy = "\(advice), or see \(.listOperations(tag: "a"))"
    #expect(both.steps == [.listOperations(tag: "a")])
    #expect(both.description == "copy the image again, or see `listOperations`")
  }

  @Test func `what a program can do about an error is known without reading it`() {
    #expect(LayoutError.notFound(path: "app").remedy?.steps == [.initialise(layout: "app")])
    #expect(BlobError.missing(.sha256(of: [])).remedy?.steps == [.listOperations()])
    #expect(LayoutError.exists(path: "app").remedy?.steps == [])
  }

  @Test func `equal sentences are equal, however they were put together`() {
    let count = 3
    let note: Note = "kept \(count) of \(4), see \(.status)"
    #expect(note == "kept 3 of 4, see \(.status)")
    #expect(note == Note("kept 3") + " of 4, see \(.status)")
    #expect(note.steps == [.status])
  }
}
