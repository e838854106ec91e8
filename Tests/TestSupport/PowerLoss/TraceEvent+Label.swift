extension TraceEvent {
  /// The event in a few words.
  var label: String {
    switch action {
    case .create(let file, _): "create \(file.path)"
    case .createUnnamed: "create a nameless file"
    case .write(let file, let offset, let bytes):
      "write \(bytes.count) bytes at \(offset) of \(file.path)"
    case .truncate(let file, let size): "truncate \(file.path) to \(size)"
    case .zero(let file, let offset, let length): "zero \(length) at \(offset) of \(file.path)"
    case .sync(let file): "fsync \(file.path)"
    case .syncData(let file): "fdatasync \(file.path)"
    case .syncEverything: "syncfs"
    case .rename(let from, let to): "rename \(from) to \(to)"
    case .exchange(let one, let other): "exchange \(one) and \(other)"
    case .link(let file, let to): "link \(file.path) to \(to)"
    case .symlink(let file, let target): "symlink \(file.path) to \(target)"
    case .makeFolder(let file, _): "mkdir \(file.path)"
    case .unlink(let path): "unlink \(path)"
    case .removeFolder(let path): "rmdir \(path)"
    case .setMode(let file, let mode): "chmod \(file.path) \(String(mode, radix: 8))"
    case .mark(let name, let phase): "\(phase) \(name)"
    case .end(let status): "exit \(status)"
    case .nothing: call
    }
  }
}
