/// A text as a key that is equal only to the same UTF-8.
///
/// Swift's strings are equal if they are canonically equivalent, which names on disk are not.
struct ExactText: Hashable {
  let text: String

  init(_ text: String) {
    self.text = text
  }

  static func == (left: ExactText, right: ExactText) -> Bool {
    left.text.hasSameUTF8(as: right.text)
  }

  func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

extension String {
  /// Whether both are the same bytes; quicker than comparing the UTF-8 views.
  func hasSameUTF8(as other: String) -> Bool {
    guard utf8.count == other.utf8.count else { return false }
    var (left, right) = (self, other)
    return left.withUTF8 { left in
      right.withUTF8 { right in
        var index = 0
        while index < left.count {
          if left[index] != right[index] { return false }
          index &+= 1
        }
        return true
      }
    }
  }
}
