/// Lines of `Label:  value`, the values aligned, further lines of a value below its first.
struct LabelledText {
  private var rows: [(label: String, values: [String])] = []

  /// Adds a value, which is fit for a terminal already.
  mutating func add(_ label: String, _ value: String) { rows.append((label, [value])) }

  /// Adds a value of several lines; nothing when there are none.
  mutating func add(_ label: String, _ values: [String]) {
    if !values.isEmpty { rows.append((label, values)) }
  }

  /// Adds a value if there is one.
  mutating func add(_ label: String, ifPresent value: String?) {
    if let value { add(label, value) }
  }

  /// The lines.
  func lines(style: TextStyle) -> [String] {
    let width = (rows.map(\.label.count).max() ?? 0) + 3
    return rows.flatMap { row in
      row.values.enumerated().map { index, value in
        let label = index == 0 ? row.label + ":" : ""
        if label.isEmpty, value.isEmpty { return "" }
        let padding = String(repeating: " ", count: width - label.count)
        return (index == 0 ? style.bold(label) : label) + padding + value
      }
    }
  }
}
