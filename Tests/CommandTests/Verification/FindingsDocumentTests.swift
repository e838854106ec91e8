import Journal
import Mutations
import Store
import TestSupport
import Testing

/// docs/findings.md and the code say the same.
@Suite struct FindingsDocumentTests {
  /// The rows of the tables: code, sort, mended, meaning.
  private func rows() throws -> [[String]] {
    let parts = #filePath.split(separator: "/").dropLast(4)
    let path = "/" + parts.joined(separator: "/") + "/docs/findings.md"
    return String(decoding: try Files.read(path), as: UTF8.self).split(separator: "\n")
      .filter { $0.hasPrefix("| `") }.map { line in
        line.split(separator: "|").map { cell in
          String(cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
      }
  }

  @Test func `each code is explained once, as what it is`() throws {
    let rows = try rows()
    let codes = LayoutVerification.allCodes
    #expect(Set(codes.map(\.rawValue)).count == codes.count)
    #expect(rows.map { $0[0] } == codes.map { "`\($0.rawValue)`" })
    for (row, code) in zip(rows, codes) {
      #expect(row.count == 4)
      #expect(row[1] == (code.isProblem ? "finding" : "note"), "\(code)")
      #expect((row[2] == "–") == !code.isProblem, "\(code)")
      #expect(["yes", "no", "–"].contains(row[2]), "\(code)")
      #expect(row[3].utf8.count > 20, "\(code)")
      guard LayoutFinding.Code.ofJournals.contains(code) else { continue }
      #expect((row[2] == "yes") == LayoutFinding.Code.mendedOfJournals.contains(code), "\(code)")
    }
  }

  /// A code that is declared and not listed would be missing above as well.
  @Test func `each code that is declared is listed`() throws {
    let root = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    let outcome = try ExternalCommand.run([
      "sh", "-c",
      #"grep -rhoE '= (problem|note)\("[a-z-]+"\)' "$0/Sources" | grep -oE '[a-z]+-[a-z-]+'"#, root,
    ])
    let declared = Set(outcome.standardOutput.split(separator: "\n").map(String.init))
    #expect(declared == Set(LayoutVerification.allCodes.map(\.rawValue)))
  }
}
