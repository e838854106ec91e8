import Journal
import Layers
import Mutations
import Store

/// Publishes a file as a layer of an image under two tags, moves them, and takes that back.
///
/// It takes the path of the layout.
@main
struct Publish {
  static func main() throws {
    guard CommandLine.arguments.count == 2 else { return print("usage: publish LAYOUT") }
    let path = CommandLine.arguments[1]
    var me = Invocation.current
    me.message = "an example"

    let layout: ImageLayout
    do {
      layout = try ImageLayout.open(path)
    } catch LayoutError.notFound {
      layout = try ImageLayout.create(path, by: me)
    }

    // A layer from bytes, a config and two tags: all of it, or nothing.
    let archive = Archive(of: "hello.txt", ["Hello, ", "world\n"])
    try layout.transaction(by: me) { tx in
      try tx.createImage("1.0")
      try tx.addLayer(.pieces(archive), to: "1.0", as: "1.0")
      try tx.editConfig(of: "1.0", as: "1.0", [.command(["cat", "/hello.txt"])])
      try tx.setTag("stable", to: "1.0")
    }

    // Two tags are moved together.
    try layout.transaction(by: me) { tx in
      try tx.createImage("2.0")
      try tx.setTag(
        "stable", to: "2.0", expecting: .image(ImageReference(parsing: "1.0", now: me.now())))
      try tx.setTag("latest", to: "2.0")
    }

    // What throws leaves nothing.
    struct ChangedMyMind: Error {}
    do {
      try layout.transaction(by: me) { tx in
        try tx.removeTag("stable")
        throw ChangedMyMind()
      }
    } catch is ChangedMyMind {
      print("changed my mind")
    }

    try tell(layout)
    try layout.undo(by: me)
    print("after undo:")
    try tell(layout)
  }

  static func tell(_ layout: ImageLayout) throws {
    for operation in try layout.history?.operations() ?? [] {
      let record = operation.record
      print("\(record.sequence) \(record.kind): \(record.edits.map(\.key.description).sorted())")
    }
    print("tags: \(try layout.readIndex().index.referenceNames.sorted())")
  }
}

/// A tar archive of one file, piece by piece: POSIX.1-1988, ustar.
struct Archive: Sequence {
  let pieces: [[UInt8]]

  init(of name: String, _ content: [String]) {
    let size = content.reduce(0) { $0 + $1.utf8.count }
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at offset: Int) {
      for (index, byte) in text.utf8.enumerated() { header[offset + index] = byte }
    }
    func octal(_ value: Int, _ digits: Int) -> String {
      let text = String(value, radix: 8)
      return String(repeating: "0", count: digits - text.count) + text
    }
    put(name, at: 0)
    put(octal(0o644, 7), at: 100)
    put(octal(0, 7), at: 108)
    put(octal(0, 7), at: 116)
    put(octal(size, 11), at: 124)
    put(octal(0, 11), at: 136)
    put("        0", at: 148)
    put("ustar\u{0}00", at: 257)
    put(octal(header.reduce(0) { $0 + Int($1) }, 6) + "\u{0} ", at: 148)
    let padding = [UInt8](repeating: 0, count: (512 - size % 512) % 512 + 1024)
    pieces = [header] + content.map { Array($0.utf8) } + [padding]
  }

  func makeIterator() -> IndexingIterator<[[UInt8]]> { pieces.makeIterator() }
}
