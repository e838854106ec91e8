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
        lease.id, Self.words(observed) + (observed.isRefreshPending ? ", refresh pending" : ""),
        lease.created.listed,
        TerminalText.escaped("\(lease.userName)@\(lease.hostName)"),
        lease.manifest.digest.shortForm, TerminalText.escaped(lease.bundle),
      ]
    }
    return AlignedRows.lines(rows) { cell, column in column == 0 ? style.yellow(cell) : cell }
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
    switch observed.state {
    case .here: "here"
    case .gone: "gone"
    case .notVisible: "not visible"
    case .unpacking: "unpacking"
    }
  }
}
