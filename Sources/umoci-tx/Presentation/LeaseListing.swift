internal import Journal
internal import Store

/// The leases of a layout, as `leases` lists them.
struct LeaseListing {
  let leases: [ObservedLease]

  /// One aligned line for each: id, what can be seen, when, whose, image, bundle.
  func lines(style: TextStyle) -> [String] {
    let rows = leases.map { observed in
      let lease = observed.lease
      return [
        lease.id, Self.words(observed), lease.created.listed,
        TerminalText.escaped("\(lease.userName)@\(lease.hostName)"),
        String(lease.manifest.digest.encoded.prefix(12)), TerminalText.escaped(lease.bundle),
      ]
    }
    let widths = (0..<5).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      row.enumerated().map { column, cell in
        guard column < 5 else { return cell }
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return (column == 0 ? style.yellow(cell) : cell) + padding
      }.joined(separator: "  ")
    }
  }

  /// `{"leases":[…]}`.
  var json: JSONValue {
    [
      "leases": JSONValue(
        leases.map { observed in
          var object = observed.lease.json.objectValue ?? [:]
          object["state"] = JSONValue(Self.words(observed))
          object["refresh_pending"] = .bool(observed.isRefreshPending)
          return .object(object)
        })
    ]
  }

  private static func words(_ observed: ObservedLease) -> String {
    let state =
      switch observed.state {
      case .here: "here"
      case .gone: "gone"
      case .notVisible: "not visible"
      case .unpacking: "unpacking"
      }
    return observed.isRefreshPending ? state + ", refresh pending" : state
  }
}
