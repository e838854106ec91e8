/// Rows of cells whose columns stand under each other, two blanks apart.
enum AlignedRows {
  /// A line for each row; all rows have as many cells, and the last of each is as long as it is.
  ///
  /// - Parameters:
  ///   - numbers: The columns that stand right.
  ///   - dress: Gives a cell of a column its colours, which take no room.
  static func lines(
    _ rows: [[String]], numbers: Set<Int> = [],
    dress: (_ cell: String, _ column: Int) -> String = { cell, _ in cell }
  ) -> [String] {
    let padded = rows.first?.indices.dropLast() ?? 0..<0
    let widths = padded.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      row.enumerated().map { column, cell in
        let dressed = dress(cell, column)
        guard padded.contains(column) else { return dressed }
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return numbers.contains(column) ? padding + dressed : dressed + padding
      }.joined(separator: "  ")
    }
  }
}
