import Journal
import Layers
import Store
import Testing

@testable import umoci_tx

@Suite struct RemedyTextTests {
  @Test(arguments: [
    ("`umoci-tx init --layout 'my app'`", Remedy.Step.initialise(layout: "my app")),
    ("`umoci-tx recover`", .recover()),
    ("`umoci-tx recover --layout app`", .recover(layout: "app")),
    ("`umoci-tx recover --accept-index`", .recover(.acceptingIndex)),
    ("`umoci-tx recover --adopt`", .recover(.adopting)),
    ("`umoci-tx rm --image PATH:a`", .removeTag("a")),
    ("`umoci-tx undo 12 --force`", .undo(operation: "12", isForced: true)),
    ("`umoci-tx log`", .listOperations()), ("`umoci-tx log --tag a`", .listOperations(tag: "a")),
    ("`umoci-tx gc --prune`", .expireTrash),
    ("`--platform linux/arm64`", .platform("linux/arm64")),
    ("--max-ratio NUMBER", .raiseLimit(.ratio)),
    ("--gid-map CONTAINER:HOST[:SIZE]", .mapOwner(isUser: false)),
  ])
  func `a step is what to type`(text: String, step: Remedy.Step) {
    let remedy: Remedy = "first \(step)"
    #expect(remedy.asTyped == "first " + text)
  }

  @Test(arguments: [
    (
      JournalError.trashLeft(operation: "12 (gc)", .noHistory(path: "app")) as any DiagnosableError,
      "run `umoci-tx gc --prune` again; `umoci-tx undo 12` brings back what it moved there"
    ),
    (
      JournalError.foreignChangeRefused(tags: ["a"]),
      "the setting `foreign` is `refuse`: look with `umoci-tx status`, then `umoci-tx recover --adopt`"
    ),
    (
      IDMappingError.unmapped(id: 1, isUser: true),
      "map it with --uid-map CONTAINER:HOST[:SIZE], or use --rootless"
    ),
    (BundleError.absent(path: "b"), "name the folder that `unpack` has made"),
    (
      LayoutError.linkedPart(path: "app/index.json", target: "x"),
      "such a layout can be read; to change it make a copy of it: `cp -rL LAYOUT COPY`; one with a history"
        + " gets its file back by `umoci-tx recover --layout app`"
    ),
  ])
  func `a hint is a remedy in the words of the command line`(
    error: any DiagnosableError, hint: String
  ) {
    #expect(ErrorReport(error).hint == hint)
  }
}
