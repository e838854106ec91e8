import Glibc
import Mutations
import Store
import TestSupport
import Testing

@testable import Journal

@Suite struct CollectGarbageTests {
  @Test func `what only the history needs moves to keep and comes back with undo`() throws {
    let layout = try TestLayout()
    let image = try layout.descriptor("b")
    let content = try layout.content(of: image)
    try layout.remove("b")
    let report = try layout.collect()
    #expect(report.plan.kept.map(\.digest) == content.sorted())
    #expect(report.plan.withdrawn.isEmpty)
    for digest in content { #expect(try layout.places(of: digest) == [".ocitx/keep"]) }
    #expect(try layout.problems() == [])
    let removal = try layout.log()[1]
    try layout.run(UndoOperation(removal))
    #expect(try layout.digest("b") == image.digest)
    #expect(content.allSatisfy(layout.blobExists))
    #expect(try layout.problems() == [])
  }

  @Test func `what nothing needs goes to the trash, and undo and redo move it`() throws {
    let layout = try TestLayout()
    let content = try layout.content(of: layout.addForeignImage("nobody's"))
    let report = try layout.collect()
    #expect(report.plan.withdrawn.map(\.digest) == content.sorted())
    for digest in content { #expect(try layout.places(of: digest) == ["trash"]) }
    let undone = try layout.undoNewest()
    #expect(undone?.moves.restored.map(\.digest) == content.sorted())
    for digest in content { #expect(try layout.places(of: digest) == ["blobs"]) }
    #expect(try layout.names(in: ".ocitx/trash") == [])
    let redone = try layout.undoNewest()
    #expect(redone?.moves.withdrawn.map(\.digest) == content.sorted())
    for digest in content { #expect(try layout.places(of: digest) == ["trash"]) }
    #expect(try layout.problems() == [])
    #expect(try layout.collect().withdrawal == nil)
  }

  @Test func `a redo leaves what has come to be needed`() throws {
    let layout = try TestLayout()
    let image = try layout.addForeignImage("wanted later")
    let content = try layout.content(of: image)
    _ = try layout.addForeignImage("nobody's")
    try layout.collect()
    let undo = try layout.undoNewest()
    try layout.changeForeign {
      $0.append(image.settingAnnotation(Annotations.referenceName, to: "x"))
    }
    try layout.recover()
    guard let undo else { throw TestFailure("nothing undone") }
    let redo = try layout.run(UndoOperation(undo, kind: .redo))
    #expect(redo?.moves.withdrawn.count == content.count)
    #expect(content.allSatisfy(layout.blobExists))
    #expect(try layout.problems() == [])
  }

  @Test func `a blob that nothing has reached stays while it is young`() throws {
    let layout = try TestLayout()
    let content = try layout.content(of: layout.addForeignImage("on its way"))
    let report = try layout.collect(grace: 1 << 40)
    #expect(report.withdrawal == nil)
    #expect(report.plan.spared.map(\.digest) == content.sorted())
    #expect(report.plan.spared.allSatisfy { $0.reason == .young })
    #expect(content.allSatisfy(layout.blobExists))
  }

  @Test func `what a state beyond the undo window has reached goes however young it is`() throws {
    let layout = try TestLayout()
    let content = try layout.content(of: layout.descriptor("b"))
    let removal = try #require(try layout.remove("b"))
    try layout.forgetHistory()
    let report = try layout.collect(grace: 1 << 40)
    #expect(report.plan.withdrawn.map(\.digest) == content.sorted())
    for digest in content { #expect(try layout.places(of: digest) == ["trash"]) }
    #expect(try layout.problems() == [])
    // The history cannot go back there without its trash.
    try layout.collect(trashAge: 0)
    #expect(throws: JournalError.self) { try layout.run(UndoOperation(removal)) }
    #expect(try layout.problems() == [])
  }

  @Test func `a state beyond the window is undone as long as the trash is there`() throws {
    let layout = try TestLayout()
    let image = try layout.descriptor("b")
    let removal = try #require(try layout.remove("b"))
    try layout.forgetHistory()
    try layout.collect()
    try layout.run(UndoOperation(removal))
    #expect(try layout.digest("b") == image.digest)
    #expect(try layout.problems() == [])
  }

  @Test func `trash is deleted when it is old enough, and only then`() throws {
    let layout = try TestLayout()
    _ = try layout.addForeignImage("nobody's")
    let report = try layout.collect()
    #expect(report.expiry == nil && report.left.count == 3)
    #expect(try layout.collect(trashAge: 86400).expiry == nil)
    let pruned = try layout.collect(trashAge: 0)
    #expect(pruned.deleted == report.left && pruned.left.count == 0)
    #expect(try layout.names(in: ".ocitx/trash") == [])
    #expect(try layout.log().map(\.kind).prefix(2) == [.expire, .collect])
    #expect(try layout.problems() == [])
    let (expiry, gc) = (try layout.log()[0], try layout.log()[1])
    #expect(throws: JournalError.self) { try layout.run(UndoOperation(expiry)) }
    #expect(throws: JournalError.self) { try layout.run(UndoOperation(gc)) }
    #expect(try layout.problems() == [])
  }

  @Test(arguments: [true, false])
  func `a second gc finds nothing to do, until something has changed`(hasWindow: Bool) throws {
    let layout = try TestLayout()
    _ = try layout.addForeignImage("nobody's")
    try layout.tag("c", to: "b")
    if !hasWindow { try layout.forgetHistory() }
    #expect(try layout.collect().withdrawal != nil)
    let second = try layout.collect()
    #expect(second.withdrawal == nil && second.plan.spared.isEmpty && second.left.count == 3)
    _ = try layout.addForeignImage("nobody's either")
    #expect(try layout.collect().plan.withdrawn.count == 3)
    #expect(try layout.collect().withdrawal == nil)
  }

  @Test func `a dry run says who reached a blob last and changes nothing`() throws {
    let layout = try TestLayout()
    #expect(try layout.planCollection().plan.kept.isEmpty)
    #expect(!Files.exists(layout.path + "/.ocitx"))
    try layout.tag("c", to: "b")
    try layout.remove("b")
    try layout.remove("c")
    _ = try layout.addForeignImage("nobody's")
    let before = try Files.listing(layout.path)
    let plan = try layout.planCollection().plan
    #expect(plan.kept.count == 3 && plan.kept.allSatisfy { $0.lastOperation == 2 })
    #expect(plan.withdrawn.count == 3 && plan.withdrawn.allSatisfy { $0.lastOperation == nil })
    #expect(plan.withdrawn.allSatisfy { $0.reason == .neverReached })
    #expect(try Files.listing(layout.path) == before)
  }
}

/// What a walk from the roots must not miss.
@Suite struct CollectionMarkTests {
  @Test func `Docker's manifests are marked through and strange types are kept unopened`() throws {
    var strange: Descriptor?
    let layout = try TestLayout { builder in
      let docker = try builder.addImage(["docker layer"], isDocker: true)
      builder.tag("list", try builder.addIndex([docker], isDocker: true))
      let blob = try builder.addBlob("{\"manifests\": [", mediaType: "application/x-strange")
      builder.tag("strange", blob)
      strange = blob
      try builder.addImage(["nobody's"])
    }
    let report = try layout.collect()
    #expect(report.plan.withdrawn.count == 3 && report.plan.kept.isEmpty)
    #expect(report.plan.damaged.isEmpty)
    #expect(strange.map { layout.blobExists($0.digest) } == true)
    #expect(try layout.problems() == [])
  }

  @Test func `whatever refers to a kept image by subject stays with it`() throws {
    var signature: Descriptor?
    var ofNobody: Descriptor?
    let layout = try TestLayout { builder in
      let image = try builder.addImage(["signed"])
      builder.tag("a", image)
      let first = try builder.addIndex([], subject: image)
      signature = try builder.addIndex([builder.addImage(["evidence"])], subject: first)
      ofNobody = try builder.addIndex([], subject: builder.addImage(["nobody's"]))
    }
    guard let signature, let ofNobody else { throw TestFailure("no blobs") }
    let report = try layout.collect()
    let evidence = try layout.content(of: signature)
    #expect(evidence.count == 3 && evidence.allSatisfy(layout.blobExists))
    #expect(report.plan.withdrawn.map(\.digest).contains(ofNobody.digest))
    #expect(report.plan.withdrawn.count == 4)
    try layout.remove("a")
    #expect(try layout.collect().plan.kept.map(\.digest).contains(signature.digest))
  }

  @Test func `a missing blob is reported and nothing else is taken for it`() throws {
    let layout = try TestLayout()
    let image = try layout.descriptor("a")
    let missing = try layout.content(of: image)[2]
    try Files.remove("\(layout.path)/blobs/" + BlobStore.relativePath(of: missing))
    _ = try layout.addForeignImage("nobody's")
    let report = try layout.collect()
    #expect(report.plan.missing == [missing])
    #expect(report.plan.withdrawn.count == 3)
  }

  @Test func `while a document is damaged only what the history knows goes`() throws {
    let layout = try TestLayout { builder in
      try TestLayout.twoImages(builder)
      let bad = try builder.addBlob("no manifest", mediaType: .imageManifest)
      builder.tag("bad", bad)
    }
    let content = try layout.content(of: layout.addForeignImage("perhaps needed"))
    let report = try layout.collect()
    #expect(report.plan.damaged.count == 1)
    #expect(report.plan.spared.map(\.digest) == content.sorted())
    #expect(report.plan.spared.allSatisfy { $0.reason == .uncertain })
    #expect(content.allSatisfy(layout.blobExists))
  }

  @Test func `a manifest that is gone keeps nothing for ever`() throws {
    let layout = try TestLayout { builder in
      try TestLayout.twoImages(builder)
      let lost = try builder.addImage(["lost"])
      builder.tag("lost", lost)
      try Files.remove(builder.path(of: lost.digest))
    }
    let orphan = try layout.content(of: layout.addForeignImage("nobody's"))
    let report = try layout.collect()
    #expect(report.plan.missing.count == 1 && report.plan.spared.isEmpty)
    #expect(orphan.allSatisfy { !layout.blobExists($0) })
    try layout.forgetHistory()
    try layout.remove("lost")
    let second = try layout.content(of: layout.addForeignImage("nobody's either"))
    let last = try layout.collect()
    #expect(last.plan.missing.isEmpty && last.plan.damaged.isEmpty)
    #expect(second.allSatisfy { !layout.blobExists($0) })
  }

  @Test func `what an artifact or an unknown document refers to is kept`() throws {
    var layers: [Descriptor] = []
    let layout = try TestLayout { builder in
      try TestLayout.twoImages(builder)
      layers = try ["artifact's", "thing's"].map { try builder.addBlob($0, mediaType: .layer) }
      let artifact = try builder.addBlob(
        JSONDocument(.object(["blobs": [.object(layers[0].json)]])).serialized(),
        mediaType: .artifactManifest)
      let thing = try builder.addBlob(
        JSONDocument(.object(["some": ["where": [.object(layers[1].json)]]])).serialized(),
        mediaType: "application/vnd.example.thing+json")
      builder.tag("artifact", artifact)
      builder.tag("thing", thing)
    }
    try layout.tag("c", to: "a")
    let plan = try layout.collect().plan
    #expect(plan.withdrawn.isEmpty && plan.kept.isEmpty)
    #expect(layers.allSatisfy { layout.blobExists($0.digest) })
    // The history needs them as well, and undo brings them back.
    for tag in ["artifact", "thing"] { try layout.remove(tag) }
    try layout.collect()
    #expect(layers.allSatisfy { !layout.blobExists($0.digest) })
    for record in try layout.log().filter({ $0.kind == .remove }) {
      try layout.run(UndoOperation(record))
    }
    #expect(layers.allSatisfy { layout.blobExists($0.digest) })
    #expect(try layout.problems() == [])
  }

  @Test func `an unknown document that is too large is told, and stops nothing`() throws {
    let layout = try TestLayout { builder in
      try TestLayout.twoImages(builder)
      let large = [UInt8](repeating: 0x20, count: BlobStore.maximumDocumentSize + 1)
      builder.tag("large", try builder.addBlob(large, mediaType: "application/vnd.example+json"))
    }
    let orphan = try layout.addForeignImage("nobody's")
    let report = try layout.collect()
    #expect(try report.plan.unexamined == [layout.descriptor("large").digest])
    #expect(report.plan.damaged.isEmpty && !layout.blobExists(orphan.digest))
    try layout.tag("copy", to: "large")
  }

  @Test func `what only a bundle needs leaves blobs and is kept`() throws {
    let layout = try TestLayout()
    let content = try layout.content(of: layout.descriptor("b"))
    let bundle = try LeasedFolder(of: layout.descriptor("b"), at: layout.folder("bundle"))
    let journal = try OperationJournal(
      writing: layout.open(), layout.invocation, WritingOptions(durability: .relaxed))
    try journal.lease(bundle.manifest, for: bundle.path).keep()
    try layout.forgetHistory()
    try layout.remove("b")
    try layout.tag("c", to: "a")
    let report = try layout.collect()
    #expect(Set(report.plan.kept.map(\.digest)) == Set(content))
    #expect(content.allSatisfy { !layout.blobExists($0) })
    try layout.collect(trashAge: 0)
    let source = ImageSource(.digest(DigestPrefix(bundle.manifest.digest)))
    try layout.run(SetTag(ReferenceName(parsing: "back"), to: source))
    #expect(content.allSatisfy(layout.blobExists))
    #expect(try layout.problems() == [])
  }

  /// What looks like a bundle to whoever looks after leases.
  private struct LeasedFolder {
    let manifest: Descriptor
    let path: String

    init(of manifest: Descriptor, at path: String) throws {
      (self.manifest, self.path) = (manifest, path)
      try Files.makeDirectory(path)
      let root: JSONObject = [
        "from_descriptor_path": ["descriptor_walk": [.object(manifest.json)]]
      ]
      try Files.write(JSONDocument(.object(root)).serialized(), to: path + "/umoci.json")
    }
  }

  @Test func `a document is taken apart once in its life`() throws {
    let layout = try TestLayout()
    try layout.collect()
    // What its manifest refers to is known even when every copy of the manifest is spoilt.
    let image = try layout.descriptor("a")
    let content = try layout.content(of: image)
    let file = "\(layout.path)/blobs/" + BlobStore.relativePath(of: image.digest)
    try Files.write([UInt8](repeating: 0x20, count: Int(image.size)), to: file)
    let database = try JournalDatabase(
      writing: DatabaseFile(at: layout.path + "/.ocitx/journal.db"), durability: .relaxed)
    try database.transaction { () throws(JournalError) in
      try database.execute("DELETE FROM documents")
    }
    let report = try layout.collect()
    #expect(report.plan.damaged.isEmpty && report.plan.withdrawn.isEmpty)
    #expect(content.allSatisfy(layout.blobExists))
  }
}

/// Other tools, and operations at work, beside a gc.
@Suite struct CollectionNeighbourTests {
  @Test(arguments: ForeignStyle.allCases)
  func `what another tool refers to comes back from the trash`(style: ForeignStyle) throws {
    let layout = try TestLayout()
    let image = try layout.addForeignImage("reused")
    let content = try layout.content(of: image)
    try layout.collect()
    try layout.changeForeign(style) {
      $0.append(image.settingAnnotation(Annotations.referenceName, to: "x"))
    }
    try layout.tag("c", to: "a")
    #expect(content.allSatisfy(layout.blobExists))
    #expect(try layout.problems() == [])
  }

  @Test func `another tool's gc loses nothing that undo needs`() throws {
    let layout = try TestLayout()
    let image = try layout.descriptor("b")
    try layout.remove("b")
    try layout.collect()
    try layout.collectForeign()
    try layout.run(UndoOperation(try layout.log()[1]))
    #expect(try layout.digest("b") == image.digest)
    #expect(try layout.problems() == [])
  }

  @Test func `gc brings back what another tool's gc has taken from index.json`() throws {
    let layout = try TestLayout()
    try layout.tag("c", to: "a")
    let content = try layout.content(of: layout.descriptor("a"))
    for digest in content {
      try Files.remove("\(layout.path)/blobs/" + BlobStore.relativePath(of: digest))
    }
    let report = try layout.collect()
    #expect(report.plan.missing.isEmpty)
    #expect(content.allSatisfy(layout.blobExists))
    #expect(try layout.problems() == [])
  }

  @Test func `what an operation at work has staged is left alone`() throws {
    let layout = try TestLayout()
    try layout.tag("c", to: "a")
    let journal = try OperationJournal(
      writing: layout.open(), layout.invocation, WritingOptions(durability: .relaxed))
    var transaction = try journal.begin(.new, stages: true)
    let area = try transaction.stagingArea()
    let blob = try area.stage(Array("being made".utf8))
    try layout.open().blobs.link([blob], from: area)
    let report = try layout.collect()
    #expect(report.plan.spared.map(\.digest) == [blob.digest])
    #expect(report.plan.spared.first?.reason == .inUse)
    #expect(layout.blobExists(blob.digest))
    transaction.rollBack()
    // What we have left ourselves need not become old first.
    let later = try layout.collect(grace: 1 << 40)
    #expect(later.plan.withdrawn.map(\.digest) == [blob.digest])
    #expect(try layout.problems() == [])
  }

  @Test func `an operation finds what was withdrawn while it was at work`() throws {
    let layout = try TestLayout()
    let image = try layout.addForeignImage("withdrawn meanwhile")
    let content = try layout.content(of: image)
    let journal = try OperationJournal(
      writing: layout.open(), layout.invocation, WritingOptions(durability: .relaxed))
    let transaction = try journal.begin(.tag, stages: false)
    try layout.collect()
    #expect(!content.contains(where: layout.blobExists))
    let prepared = try transaction.prepare { _ in
      .init(edits: [
        TagEdit(
          key: .name("x"), before: [],
          after: [image.settingAnnotation(Annotations.referenceName, to: "x")])
      ])
    }
    _ = try prepared?.commit()
    #expect(content.allSatisfy(layout.blobExists))
    #expect(try layout.problems() == [])
  }

  @Test func `an operation whose stage gave its blob away finds it in the trash`() throws {
    let layout = try TestLayout()
    try layout.tag("c", to: "a")
    let journal = try OperationJournal(
      writing: layout.open(), layout.invocation, WritingOptions(durability: .relaxed))
    var transaction = try journal.begin(.new, stages: true)
    let blob = try transaction.stagingArea().stage(Array("given away".utf8))
    let stage = "\(layout.path)/.ocitx/stage/\(transaction.id.text)"
    let prepared = try transaction.prepare { _ in
      // As on a file system without hard links: what was staged has its place in blobs/ alone. Then
      // another process collects it.
      try Files.remove(stage)
      try Files.makeDirectory(stage)
      let trash = "\(layout.path)/.ocitx/trash/kkkkkkkkllllllll"
      try Files.makeDirectory(trash + "/sha256")
      let path = BlobStore.relativePath(of: blob.digest)
      #expect(rename("\(layout.path)/blobs/\(path)", "\(trash)/\(path)") == 0)
      let descriptor = blob.descriptor(mediaType: "application/x-test")
        .settingAnnotation(Annotations.referenceName, to: "x")
      return .init(edits: [TagEdit(key: .name("x"), before: [], after: [descriptor])])
    }
    _ = try prepared?.commit()
    #expect(layout.blobExists(blob.digest))
    #expect(try layout.problems() == [])
  }

  @Test func `what dead tools have left goes, what living ones use stays`() throws {
    let layout = try TestLayout()
    for name in [".umoci-dead", ".umoci-alive"] {
      try Files.makeDirectory("\(layout.path)/\(name)")
      try Files.write("half a blob", to: "\(layout.path)/\(name)/blob")
    }
    try Files.write("half a blob", to: "\(layout.path)/oci-put-blob123")
    guard let lock = try FileLock.tryAcquire(layout.open().root.openFile(".umoci-alive")) else {
      throw TestFailure("somebody has locked it")
    }
    // By the clock of tests skopeo's file is old.
    let report = try layout.collect()
    #expect(report.staleTemporaryFiles == [".umoci-dead", "oci-put-blob123"])
    #expect(!Files.exists(layout.path + "/.umoci-dead"))
    #expect(Files.exists(layout.path + "/.umoci-alive/blob"))
    lock.release()
  }
}

/// What was moved outlives the database.
@Suite struct CollectionLossTests {
  @Test func `what only the history needs is read when the database is lost`() throws {
    let layout = try TestLayout()
    let image = try layout.descriptor("b")
    try layout.remove("b")
    try layout.collect()
    try Files.remove(layout.path + "/.ocitx/journal.db")
    try layout.recover()
    try layout.tag("back", to: "b@{1}")
    #expect(try layout.digest("back") == image.digest)
    #expect(try layout.problems() == [])
  }

  @Test func `a gc that is known from its record alone is undone`() throws {
    let layout = try TestLayout()
    let content = try layout.content(of: layout.addForeignImage("nobody's"))
    try layout.collect()
    try Files.remove(layout.path + "/.ocitx/journal.db")
    try layout.recover()
    try layout.undoNewest()
    #expect(content.allSatisfy(layout.blobExists))
    #expect(try layout.problems() == [])
  }
}
