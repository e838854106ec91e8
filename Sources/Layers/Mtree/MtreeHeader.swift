public import Store

/// The comments at the head of an mtree file: who wrote it, where, when and of what.
///
/// Nobody reads them back; what is nil is left out.
public struct MtreeHeader: Equatable, Sendable {
  /// The name of the user who writes the file.
  public var user: String?
  /// The name of the host.
  public var machine: String?
  /// The path of the tree.
  public var tree: String?
  /// The time, which is shown with its offset from UTC.
  public var time: Timestamp?

  /// Names what the comments are to say.
  public init(
    user: String? = nil, machine: String? = nil, tree: String? = nil, time: Timestamp? = nil
  ) {
    self.user = user
    self.machine = machine
    self.tree = tree
    self.time = time
  }

  /// The comment lines, for a file of these keywords.
  package func text(keywords: [MtreeKeyword]) -> [UInt8] {
    let lines: [(label: String, value: String?)] = [
      ("user", user), ("machine", machine), ("tree", tree),
      ("date", time.map(Self.date)),
      ("keywords", keywords.map(\.rawValue).joined(separator: ",")),
    ]
    var text: [UInt8] = []
    for case (let label, let value?) in lines {
      let padding = String(repeating: " ", count: 14 - label.utf8.count)
      text.append(contentsOf: "#\(padding)\(label): ".utf8)
      // A line break here would end the comment.
      text.append(contentsOf: value.utf8.map { $0 < 0x20 ? UInt8(ascii: "?") : $0 })
      text.append(UInt8(ascii: "\n"))
    }
    return text
  }

  /// A date such as `Sat Nov 21 01:33:54 2026`.
  private static func date(_ time: Timestamp) -> String {
    let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let local = time.secondsSinceEpoch + Int64(time.offsetMinutes) * 60
    // Weeks are counted from the first Thursday of 1970; there are no times before the year 0.
    let weeks: Int64 = 110_000
    let weekday = Int((local + weeks * 604_800) / 86_400 % 7)
    // RFC 3339: 2026-11-21T01:33:54.
    let fields = time.description.split { "-T:.Z+".contains($0) }
    guard fields.count >= 6, let month = Int(fields[1]), let day = Int(fields[2]) else {
      return time.description
    }
    return "\(weekdays[weekday]) \(months[month - 1]) \(day) "
      + "\(fields[3...5].joined(separator: ":")) \(fields[0])"
  }
}
