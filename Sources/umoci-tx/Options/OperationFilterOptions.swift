internal import ArgumentParser
internal import Store

/// Which operations the commands that list some are asked for.
struct OperationFilterOptions: ParsableArguments {
  @Option(
    name: .customLong("tag"),
    help: ArgumentHelp("Only operations that changed this tag; may be repeated.", valueName: "tag"))
  var tags: [String] = []

  @Option(
    help: ArgumentHelp(
      "Only operations since then: 2026-11-20T10:00Z, 2026-11-20, 09:01, today, 5m, 3.days.ago,"
        + " yesterday (24 hours ago); times without a zone are UTC.",
      valueName: "time"))
  var since: String?

  @Option(
    name: .customLong("who"),
    help: ArgumentHelp(
      "Only operations of this user, by name or id; may be repeated.", valueName: "user"))
  var users: [String] = []

  @Option(
    name: .customLong("kind"),
    help: ArgumentHelp(
      "Only operations of these kinds, with commas between them: "
        + LogQuery.knownKinds.joined(separator: ", ") + ". May be repeated.",
      valueName: "kind"))
  var kinds: [String] = []

  /// What is asked for, at most so many operations.
  func query(limit: String? = nil, now: Timestamp) throws(UsageError) -> LogQuery {
    var query = try LogQuery(tags: tags, limit: limit, since: since, now: now)
    (query.users, query.kinds) = (users, LogQuery.kinds(kinds))
    return query
  }
}
